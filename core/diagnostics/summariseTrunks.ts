import type { TrunkRecord } from "../protocol/trunks";
import type { ReportedTrunks } from "../report/report";

/** Trunks without what every unit holds, as a run's log keeps them. */
export function summariseTrunks(record: TrunkRecord): ReportedTrunks {
  const { step, example, samples, meanFieldLoss, sampledLoss, sampledLossStandardError, layers } = record;
  return {
    ...{ step, example, samples, meanFieldLoss, sampledLoss, sampledLossStandardError },
    layers: layers.map(({ node, distribution, shape, distance, distanceNoise, expansion }) => {
      if (!expansion) return { node, distribution, shape, distance, distanceNoise };
      const { meanFieldCost, cost, costDeviation, residual, residualDeviation, explained } = expansion;
      const scalars = { meanFieldCost, cost, costDeviation, residual, residualDeviation, explained };
      return { node, distribution, shape, distance, distanceNoise, expansion: scalars };
    }),
  };
}
