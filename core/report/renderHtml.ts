import { all, element, type Markup } from "./markup";
import type { Report } from "./report";
import type { Section } from "./section";
import { sections } from "./sections/registry";
import { pageStyle } from "./style";

/** One page that needs neither network nor script: charts are drawn into it, tables stand below them. */
export function renderHtml(report: Report): string {
  const title = `${report.run.model}: gradient diagnosis`;
  const body = [
    element(
      "header",
      {},
      element("h1", {}, title),
      element("p", { class: "quiet" }, `Run ${report.run.runId}, by Gradient Lens.`),
    ),
    element(
      "nav",
      { "aria-label": "Sections" },
      element(
        "ul",
        {},
        ...sections.map(({ id, title: name }) => element("li", {}, element("a", { href: `#${id}` }, name))),
      ),
    ),
    element("main", {}, ...sections.map((section) => drawSection(section, report))),
  ];
  const head = [
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", {
      "http-equiv": "Content-Security-Policy",
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    element("title", {}, title),
    { markup: `<style>${pageStyle}</style>` },
  ];
  return `<!DOCTYPE html>\n<html lang="en"><head>${all(head)}</head>\n<body>${all(body)}</body></html>\n`;
}

function drawSection({ id, title, about, none, parts }: Section, report: Report): Markup {
  const drawn = parts(report);
  return element(
    "section",
    { "aria-labelledby": id },
    element("h2", { id }, title),
    element("p", { class: "quiet" }, drawn.length === 0 ? none : about),
    ...drawn.map((part) =>
      element(
        "div",
        { class: "part" },
        part.title === "" ? null : element("h3", {}, part.title),
        part.picture?.svg ?? null,
        ...part.below,
      ),
    ),
  );
}
