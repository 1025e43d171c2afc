import { beta } from "../../../core/distributions/beta";
import type { ContinuousUnits } from "../../../core/distributions/continuous";
import { gamma } from "../../../core/distributions/gamma";
import { gumbel } from "../../../core/distributions/gumbel";
import { laplace } from "../../../core/distributions/laplace";
import { logistic } from "../../../core/distributions/logistic";
import { lognormal } from "../../../core/distributions/lognormal";
import { normal } from "../../../core/distributions/normal";
import type { ParameterLike } from "../../../core/distributions/tensorParameter";

/** Distributions of independent real units by id. */
export const families: Readonly<
  Record<string, (parameters: Readonly<Record<string, ParameterLike>>) => ContinuousUnits>
> = {
  normal: (p) => normal({ mean: p.mean!, std: p.std! }),
  laplace: (p) => laplace({ location: p.location!, scale: p.scale! }),
  logistic: (p) => logistic({ location: p.location!, scale: p.scale! }),
  gumbel: (p) => gumbel({ location: p.location!, scale: p.scale! }),
  lognormal: (p) => lognormal({ location: p.location!, scale: p.scale! }),
  gamma: (p) => gamma({ concentration: p.concentration!, scale: p.scale! }),
  beta: (p) => beta({ alpha: p.alpha!, beta: p.beta! }),
};
