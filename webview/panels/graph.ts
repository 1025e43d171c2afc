import { line, curveBasis, select, zoom, zoomIdentity, type ZoomTransform } from "d3";
import type { GraphNode, ModelGraph } from "../../core/protocol/graph";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText, svg } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatPercent } from "../format";
import { runNeed } from "../needs";
import type { Panel, PanelContext } from "../panel";
import { text } from "../text";
import { nextNode } from "./graphKeys";
import { createGraphLegend } from "./graphLegend";
import {
  layoutGraph,
  type LayoutDirection,
  type PlacedEdge,
  type PlacedGraph,
  type PlacedGroup,
  type PlacedNode,
} from "./graphLayout";
import { outline } from "./graphShapes";
import { graphTable } from "./graphTable";
import { kindTitles, roleTitles } from "./graphTitles";
import { varianceShares } from "./varianceShares";

/** The stochastic computation graph: estimators at the nodes that draw, shares of the variance at the parameters. */
export function createGraphPanel(): Panel {
  let context: PanelContext;
  let box: HTMLElement;
  let root: SVGSVGElement;
  const shareNote = html("span");
  const legend = createGraphLegend(shareNote);
  let resize: ResizeObserver;
  let last: RunSnapshot | undefined;
  let placed: PlacedGraph | undefined;
  let key = "";
  let active: string | null = null;
  const groups = svg("g");
  const edges = svg("g", { class: "edges" });
  const nodes = svg("g");
  const world = svg("g", {}, groups, edges, nodes);

  const zooming = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.15, 3])
    .filter((event: Event) =>
      event.type === "wheel"
        ? root.contains(document.activeElement) || (event as WheelEvent).ctrlKey
        : !(event as MouseEvent).button,
    )
    .on("zoom", ({ transform, sourceEvent }: { transform: ZoomTransform; sourceEvent: Event | null }) => {
      world.setAttribute("transform", transform.toString());
      if (sourceEvent) context.view.set({ graphZoom: [transform.x, transform.y, transform.k] });
    });

  /** Shows everything, unless the user chose a part. */
  function fit(): void {
    const { clientWidth: width, clientHeight: height } = box;
    if (!placed || width === 0 || height === 0) return;
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("width", String(width));
    root.setAttribute("height", String(height));
    const chosen = context.view.get().graphZoom;
    const scale = Math.min(width / placed.width, height / placed.height, 1.25);
    const whole = zoomIdentity
      .translate((width - placed.width * scale) / 2, (height - placed.height * scale) / 2)
      .scale(scale);
    select(root).call(
      zooming.transform,
      chosen ? zoomIdentity.translate(chosen[0], chosen[1]).scale(chosen[2]) : whole,
    );
  }

  /** Lays out anew when the graph changed, or when the tile's form asks for the other direction. */
  function place(graph: ModelGraph): void {
    const { clientWidth: width, clientHeight: height } = box;
    const structure =
      JSON.stringify(
        graph.nodes.map(({ name, kind, role, estimator, shape }) => [name, kind, role, estimator, shape]),
      ) + JSON.stringify(graph.edges);
    const fits = (candidate: PlacedGraph): number => Math.min(width / candidate.width, height / candidate.height);
    const nextKey = `${structure} ${Math.round(Math.log2((width || 1) / (height || 1)) * 2)}`;
    if (nextKey === key) return;
    key = nextKey;
    const candidates = (["TB", "LR"] satisfies LayoutDirection[]).map((direction) => layoutGraph(graph, direction));
    placed = candidates.reduce((best, candidate) => (fits(candidate) > fits(best) * 1.05 ? candidate : best));
    if (active === null || !graph.nodes.some(({ name }) => name === active)) active = graph.nodes[0]?.name ?? null;
    drawStructure(placed);
    fit();
  }

  function drawStructure({ nodes: placedNodes, edges: placedEdges, groups: placedGroups }: PlacedGraph): void {
    const roles = roleTitles();
    select(groups)
      .selectAll<SVGGElement, PlacedGroup>("g")
      .data(placedGroups, ({ role }) => role)
      .join((enter) => {
        const group = enter.append("g");
        group.append("rect").attr("rx", 6);
        group.append("text");
        return group;
      })
      .attr("class", ({ role }) => `group ${role}`)
      .each(function ({ role, x, y, width, height }) {
        select(this)
          .select("rect")
          .attr("x", x - width / 2)
          .attr("y", y - height / 2)
          .attr("width", width)
          .attr("height", height);
        select(this)
          .select("text")
          .attr("x", x - width / 2 + 8)
          .attr("y", y - height / 2 + 15)
          .text(roles[role]);
      });
    const path = line<{ x: number; y: number }>(
      ({ x }) => x,
      ({ y }) => y,
    ).curve(curveBasis);
    select(edges)
      .selectAll<SVGPathElement, PlacedEdge>("path")
      .data(placedEdges, ({ from, to }) => `${from}\n${to}`)
      .join("path")
      .attr("marker-end", "url(#graph-arrow)")
      .attr("d", ({ points }) => path(points));
    select(nodes)
      .selectAll<SVGGElement, PlacedNode>("g.node")
      .data(placedNodes, ({ node }) => node.name)
      .join((enter) => {
        const group = enter.append("g");
        group.append("title");
        group.append("path").attr("class", "outline");
        group.append("rect").attr("class", "share-track");
        group.append("rect").attr("class", "share");
        return group;
      })
      .attr("class", ({ node, role }) => `node ${node.kind} ${role ?? ""}`)
      .attr("role", "button")
      .attr("data-node", ({ node }) => node.name)
      .attr("transform", ({ x, y }) => `translate(${x},${y})`)
      .each(function ({ node, lines, width, height }) {
        const group = select(this);
        group.select(".outline").attr("d", outline(node.kind, width, height));
        group
          .selectAll<SVGTextElement, string>("text.line-of-text")
          .data(lines)
          .join("text")
          .attr(
            "class",
            (content, index) =>
              `line-of-text ${index === 0 ? "name" : content === node.estimator ? "estimator" : "detail"}`,
          )
          .attr("y", (_, index) => 14 * (index - (lines.length - 1) / 2) + (node.kind === "parameter" ? 2 : 4))
          .text((content) => content);
      });
    drawActive();
  }

  function drawActive(): void {
    const { selectedParameter } = context.view.get();
    select(nodes)
      .selectAll<SVGGElement, PlacedNode>("g.node")
      .attr("tabindex", ({ node }) => (node.name === active ? 0 : -1))
      .classed("selected", ({ node }) => node.kind === "parameter" && node.name === selectedParameter);
    select(edges)
      .selectAll<SVGPathElement, PlacedEdge>("path")
      .classed(
        "near",
        ({ from, to }) =>
          document.activeElement?.getAttribute("data-node") === active && (from === active || to === active),
      );
  }

  /** Shares of the variance, which change at every measurement. */
  function drawShares(snapshot: RunSnapshot): void {
    const shares = varianceShares(snapshot);
    const kinds = kindTitles();
    const roles = roleTitles();
    select(nodes)
      .selectAll<SVGGElement, PlacedNode>("g.node")
      .each(function (placedNode) {
        const { node, role, width, height } = placedNode;
        const group = select(this);
        const share = shares.get(node.name);
        const track = width - 16;
        group.selectAll("rect").classed("hidden", share === undefined);
        if (share !== undefined) {
          group
            .select(".share-track")
            .attr("x", -width / 2 + 10)
            .attr("y", height / 2 - 7)
            .attr("width", track)
            .attr("height", 4);
          group
            .select(".share")
            .attr("x", -width / 2 + 10)
            .attr("y", height / 2 - 7)
            .attr("width", track * share)
            .attr("height", 4);
        }
        const label = nodeLabel(placedNode, kinds[node.kind], role ? roles[role] : null, share ?? null);
        const name = this.querySelector("title");
        if (name) setText(name, label);
      });
  }

  function activate(name: string): void {
    active = name;
    drawActive();
    nodes.querySelector<SVGGElement>(`[data-node="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
    drawActive();
  }

  function reveal(node: GraphNode): void {
    if (node.kind === "parameter") context.select(node.name);
    if (node.source) context.post({ type: "reveal", source: node.source });
  }

  function keydown(event: KeyboardEvent): void {
    const current = placed?.nodes.find(({ node }) => node.name === active);
    if (!placed || !current) return;
    const next = nextNode(placed, current.node.name, event.key);
    if (event.key === "Enter" || event.key === " ") reveal(current.node);
    else if (event.key === "+" || event.key === "=") select(root).call(zooming.scaleBy, 1.25);
    else if (event.key === "-") select(root).call(zooming.scaleBy, 0.8);
    else if (event.key === "0") {
      context.view.set({ graphZoom: null });
      fit();
    } else if (next !== null) activate(next);
    else return;
    event.preventDefault();
  }

  return {
    id: "graph",
    title: text("Computation graph"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      { text: text("The model has been traced"), met: (snapshot?.graph.nodes.length ?? 0) > 0 },
    ],
    mount(element, given) {
      context = given;
      root = svg(
        "svg",
        {
          class: "graph",
          role: "group",
          "aria-label": text(
            "Computation graph. Arrows move along the edges, Enter shows the source line, plus, minus and zero zoom.",
          ),
        },
        svg(
          "defs",
          {},
          svg(
            "marker",
            {
              id: "graph-arrow",
              viewBox: "0 0 8 8",
              refX: 7,
              refY: 4,
              markerWidth: 7,
              markerHeight: 7,
              orient: "auto",
            },
            svg("path", { class: "arrow", d: "M0 0L8 4L0 8z" }),
          ),
        ),
        world,
      );
      box = html("div", { class: "graph-box" }, root);
      element.append(legend, box);
      select(root)
        .call(zooming)
        .on("dblclick.zoom", null)
        .on("dblclick", () => {
          context.view.set({ graphZoom: null });
          fit();
        });
      root.addEventListener("keydown", keydown);
      root.addEventListener("focusin", drawActive);
      root.addEventListener("focusout", drawActive);
      nodes.addEventListener("click", (event) => {
        const name =
          event.target instanceof Element ? event.target.closest("[data-node]")?.getAttribute("data-node") : null;
        const found = placed?.nodes.find(({ node }) => node.name === name);
        if (!found) return;
        activate(found.node.name);
        reveal(found.node);
      });
      resize = new ResizeObserver(() => {
        if (last) place(last.graph);
        fit();
      });
      resize.observe(box);
    },
    update(snapshot) {
      last = snapshot;
      place(snapshot.graph);
      drawShares(snapshot);
      drawActive();
      setText(
        shareNote,
        snapshot.variance.length > 0 ? text("share of the variance") : text("variance not measured yet"),
      );
    },
    table: graphTable,
    svg: () => exportSvg(root),
    dispose() {
      resize.disconnect();
      box.remove();
    },
  };
}

/** A node in words; begins with what is written on it. */
function nodeLabel({ node, lines }: PlacedNode, kind: string, role: string | null, share: number | null): string {
  const parts = [lines.join(" "), node.name === lines[0] ? null : node.name, kind, role];
  if (node.estimator) parts.push(text("estimator {0}", node.estimator));
  if (share !== null) parts.push(text("{0} of the gradient variance", formatPercent(share)));
  if (node.source) parts.push(text("line {0}", node.source.line));
  return parts.filter(Boolean).join(", ");
}
