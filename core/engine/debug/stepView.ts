import { tf } from "../../backends/tf";
import {
  decomposeEstimate,
  type Decomposition,
  type HostGradients,
  type HostTensor,
} from "../../diagnostics/decomposeEstimate";
import { GradlensError } from "../../errors";
import type { NodeEstimator } from "../../estimators/estimator";
import type { ParameterVariance, VarianceRecord } from "../../protocol/variance";
import { guard, type Prepared } from "../prepare";
import { decomposeRefined } from "../../training/decomposeRefined";
import { refinedNode } from "../../training/refinement";
import { stepNoise } from "../trainStep";
import { stepEvaluations } from "./stepEvaluations";
import type { Scope, Thing, Value } from "./expression";
import { nodeThing } from "./nodeThing";

/** A run as a debugger sees it. */
export interface DebugSubject {
  readonly prepared: Prepared;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** The step whose update comes next, from 0. */
  readonly step: number;
  readonly learningRate: number;
  /** The last measurement beside training. */
  readonly variance: VarianceRecord | null;
}

/** One step before its update: its estimate, taken apart when somebody asks, and names for expressions. */
export class StepView implements Scope {
  private taken: Decomposition | null = null;
  private counted: number | null = null;

  /** @param drawn loss and gradients where the step has drawn them already */
  constructor(
    readonly subject: DebugSubject,
    private readonly drawn: { readonly loss: number; readonly gradients: () => HostGradients } | null = null,
  ) {}

  get estimate(): Decomposition {
    return (this.taken ??= this.with(this.subject.estimators));
  }

  /** The same step from the same keys with other estimators. */
  with(estimators: ReadonlyMap<string, NodeEstimator>): Decomposition {
    const { prepared, step } = this.subject;
    const data = prepared.batch(step);
    const { structure, objective, instance, specs } = prepared;
    const { inference } = prepared.definition.options;
    const noise = stepNoise(prepared, step);
    try {
      return guard(prepared.file, () => {
        if (!inference) return decomposeEstimate(instance, { structure, objective, estimators, data, noise });
        const node = refinedNode(inference, structure, objective, specs);
        return decomposeRefined(instance, { node, estimator: estimators.get(node)!, data, noise, inference });
      });
    } finally {
      tf.dispose(Object.values(data));
    }
  }

  /** Passes of one sample of the whole batch that the step's estimate takes. */
  get evaluations(): number {
    return (this.counted ??= stepEvaluations(this.subject));
  }

  /** Whether estimators were evaluated for this view, after which what they kept of the step itself is gone. */
  get evaluated(): boolean {
    return this.taken !== null || this.counted !== null;
  }

  get loss(): number {
    return this.drawn?.loss ?? this.estimate.loss;
  }

  get gradients(): HostGradients {
    return this.drawn?.gradients() ?? this.estimate.gradient;
  }

  parameter(name: string): HostTensor {
    const { variable, shape } = this.subject.prepared.instance.parameters.find((known) => known.name === name)!;
    return { shape, values: Float32Array.from(variable.dataSync()) };
  }

  variance(name: string): ParameterVariance | null {
    return this.subject.variance?.parameters.find((known) => known.name === name) ?? null;
  }

  get parameterNames(): readonly string[] {
    return this.subject.prepared.instance.parameters.map(({ name }) => name);
  }

  get nodeNames(): readonly string[] {
    return this.subject.prepared.structure.nodes;
  }

  get names(): readonly string[] {
    return ["loss", "step", "lr", "snr", "evaluations", ...this.nodeNames];
  }

  name(name: string): Value | undefined {
    if (this.nodeNames.includes(name)) return this.node(name);
    switch (name) {
      case "loss":
        return this.loss;
      case "step":
        return this.subject.step;
      case "lr":
        return this.subject.learningRate;
      case "snr":
        return this.lowestSnr;
      case "evaluations":
        return this.evaluations;
      default:
        return undefined;
    }
  }

  readonly functions: Scope["functions"] = {
    variance: (args) => this.variance(this.named("variance", args))?.total ?? null,
    snr: (args) => (args.length === 0 ? this.lowestSnr : (this.variance(this.named("snr", args))?.snr ?? null)),
    gradient: (args) => this.gradients.get(this.named("gradient", args))!,
    parameter: (args) => this.parameter(this.named("parameter", args)),
    node: (args) => {
      const name = String(args[0]);
      if (this.nodeNames.includes(name)) return this.node(name);
      throw new GradlensError("GL1902", `there is no node "${name}"; there are ${this.nodeNames.join(", ")}`);
    },
  };

  private get lowestSnr(): number | null {
    const known = this.subject.variance?.parameters.flatMap(({ snr }) => (snr === null ? [] : [snr])) ?? [];
    return known.length === 0 ? null : Math.min(...known);
  }

  private node(name: string): Thing {
    return nodeThing(name, () => this.estimate.nodes.find(({ node }) => node === name) ?? null);
  }

  private named(f: string, args: readonly Value[]): string {
    const [name] = args;
    if (typeof name === "string" && this.parameterNames.includes(name)) return name;
    const found = typeof name === "string" ? `"${name}"` : "nothing of the kind";
    throw new GradlensError(
      "GL1902",
      `the function ${f}("…") needs the name of a parameter, got ${found}; there are ${this.parameterNames.join(", ")}`,
    );
  }
}
