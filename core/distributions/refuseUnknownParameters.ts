import { refuseUnknown } from "../refuseUnknown";
import { distributions } from "./registry";

const parametersOf = new Map(distributions.map(({ id, parameters }) => [id, parameters]));

/** @throws GL1112 for a parameter that the distribution does not have, GL1113 for something else than an object of them */
export function refuseUnknownParameters(id: string, given: object): void {
  refuseUnknown(id, given, parametersOf.get(id)!);
}
