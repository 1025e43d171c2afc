declare module "jstat" {
  const jstat: {
    readonly normal: {
      inv(p: number, mean: number, std: number): number;
      cdf(x: number, mean: number, std: number): number;
    };
    readonly studentt: { inv(p: number, dof: number): number };
    readonly centralF: { inv(p: number, dof1: number, dof2: number): number };
    readonly chisquare: { inv(p: number, dof: number): number; cdf(x: number, dof: number): number };
  };
  export default jstat;
}
