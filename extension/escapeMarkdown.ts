/** A text in Markdown that reads as it stands. Unlike `appendText` of the editor's Markdown, it leaves spaces at which lines may break. */
export const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>~]/g, "\\$&");
