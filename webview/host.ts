import type { FromWebview } from "../core/protocol/webview";

interface CodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): CodeApi;

/** The editor's side of the panels; may be acquired once per page only. */
export const host: CodeApi = acquireVsCodeApi();
