import type { DebugProtocol } from "@vscode/debugprotocol";

/** An error as the editor shows it: its sentence, in the answer, and in a message of the editor's if `showUser`. */
export function errorAnswer(error: unknown, showUser: boolean): DebugProtocol.Message {
  const words = error instanceof Error ? error.message : String(error);
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return { id: 1, format: "{sentence}", variables: { sentence }, showUser };
}
