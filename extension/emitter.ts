/** What `dispose` ends; the same shape as VS Code's. */
export interface Disposable {
  dispose(): void;
}

/** Listeners of one event, called in the order they came; free of `vscode`, so that the engine client runs in plain Node. */
export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  dispose(): void {
    this.listeners.clear();
  }
}
