import type { RunSnapshot } from "../../core/protocol/snapshot";
import { formatNumber, formatShape } from "../format";
import type { DataTable } from "../panel";
import { text } from "../text";
import { inferRoles } from "./graphLayout";
import { kindTitles, roleTitles } from "./graphTitles";
import { varianceShares } from "./varianceShares";

/** The nodes with their places in the graph. */
export function graphTable(snapshot: RunSnapshot): DataTable {
  const { graph, model } = snapshot;
  const shares = varianceShares(snapshot);
  const roles = roleTitles();
  const kinds = kindTitles();
  const parts = inferRoles(graph);
  const part = (name: string): string => {
    const role = parts.get(name);
    return role ? roles[role] : "";
  };
  const moved = (name: string): readonly string[] =>
    (snapshot.settings ?? [])
      .filter(({ node }) => node === name)
      .flatMap(({ settings }) => settings.map(({ name: setting, value }) => `${setting} ${formatNumber(value)}`));
  return {
    caption: text("Nodes of the computation graph of {0}.", model),
    columns: [
      { title: text("Node"), kind: "text" },
      { title: text("Kind"), kind: "text" },
      { title: text("Part"), kind: "text" },
      { title: text("Distribution"), kind: "text" },
      { title: text("Estimator"), kind: "text" },
      { title: text("Shape"), kind: "text" },
      { title: text("Share of variance"), kind: "share" },
      { title: text("Feeds"), kind: "text" },
      { title: text("Line"), kind: "text" },
    ],
    rows: graph.nodes.map((node) => [
      node.name,
      kinds[node.kind],
      part(node.name),
      node.distribution ?? "",
      [node.estimator ?? "", ...moved(node.name)].join(", "),
      formatShape(node.shape),
      node.kind === "parameter" ? (shares.get(node.name) ?? null) : "",
      graph.edges
        .filter(({ from }) => from === node.name)
        .map(({ to }) => to)
        .join(", "),
      node.source ? formatNumber(node.source.line) : "",
    ]),
    newestFirst: false,
    total: graph.nodes.length,
  };
}
