export interface PanelAddresses {
  readonly script: string;
  readonly style: string;
  /** The webview's own source for styles, images and fonts. */
  readonly source: string;
}

/** The page of the panels: nothing but its script and style; data comes by message only. */
export function panelHtml({ script, style, source }: PanelAddresses, nonce: string, title: string): string {
  const policy = `default-src 'none'; style-src ${source}; img-src ${source}; font-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="stylesheet" href="${style}">
</head>
<body>
  <main></main>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
