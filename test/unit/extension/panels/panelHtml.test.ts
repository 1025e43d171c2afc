import assert from "node:assert/strict";
import { test } from "node:test";
import { panelHtml } from "../../../../extension/panels/panelHtml";

test("the page allows its own script by nonce, its own styles, and nothing else", () => {
  const html = panelHtml({ script: "main.js", style: "main.css", source: "https://self" }, "n0nce", "Gradient Lens");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  assert.equal(
    policy,
    "default-src 'none'; style-src https://self; img-src https://self; font-src https://self; script-src 'nonce-n0nce'",
  );
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.match(html, /<script nonce="n0nce" src="main.js">/);
  assert.doesNotMatch(html, /\sstyle=|unsafe/);
});
