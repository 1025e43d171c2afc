import type { ReportFormat } from "../protocol/report";
import { renderCsv } from "./renderCsv";
import { renderHtml } from "./renderHtml";
import { renderSvg } from "./renderSvg";
import type { Report } from "./report";

/** What a report can be written as. */
export const renderers: Readonly<Record<ReportFormat, (report: Report) => string>> = {
  html: renderHtml,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  csv: renderCsv,
  svg: renderSvg,
};
