/** Every choice of `size` of n states without regard to order, with the logarithm of the number of its orders. */
export function eachMultiset(
  n: number,
  size: number,
  visit: (chosen: readonly number[], logWays: number) => void,
): void {
  const logFactorial = [0];
  for (let k = 1; k <= size; k++) logFactorial.push(logFactorial[k - 1]! + Math.log(k));
  const chosen: number[] = [];
  const extend = (state: number, left: number, logWays: number): void => {
    const least = state === n - 1 ? left : 0;
    for (let i = 0; i < least; i++) chosen.push(state);
    for (let times = least; ; times++) {
      const ways = logWays - logFactorial[times]!;
      if (state === n - 1) visit([...chosen], ways);
      else extend(state + 1, left - times, ways);
      if (times === left) {
        chosen.length -= times;
        return;
      }
      chosen.push(state);
    }
  };
  extend(0, size, logFactorial[size]!);
}
