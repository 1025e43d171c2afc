/** What a report can be written as, the usual one first. */
export const reportFormats = ["html", "json", "csv", "svg"] as const;

export type ReportFormat = (typeof reportFormats)[number];
