import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import { start, Workspace } from "../unit/engine/support";
import { type PanelBrowser, screenshots, showRun, startPanelBrowser, themes, tile } from "./panelBrowser";
import { accessibilityViolations } from "./support/accessibility";
import { eventually } from "./support/eventually";

/** A small autoencoder with bits and normal latents whose posterior is refined, and one with bits alone. */
const model = `
import { bernoulli, categorical, defineModel, dense, normal, observe, sample, tf } from "gradlens";
const options = { data: "digits-binarized", batchSize: 20, optimizer: { id: "adam", learningRate: 3e-3 } };
export const vae = defineModel("vae", () => {
  const encode = dense("encode", 784, 40);
  const mean = dense("mean", 40, 8);
  const logStd = dense("log-std", 40, 8);
  const decode = dense("decode", 8, 784);
  return {
    guide({ x }) {
      const hidden = tf.tanh(encode(x));
      sample("h", normal({ mean: mean(hidden), std: tf.exp(logStd(hidden)) }));
    },
    model({ x }) {
      const h = sample("h", normal({ mean: tf.zeros([8]), std: tf.ones([8]) }));
      observe("x", bernoulli({ logits: decode(h) }), x);
    },
  };
}, { ...options, estimator: "pathwise", samples: 5, inference: { steps: 10, rate: 0.01 } });
export const states = defineModel("states", () => {
  const encode = dense("encode", 784, 60);
  const decode = dense("decode", 60, 784);
  return {
    guide({ x }) {
      sample("h", categorical({ logits: tf.reshape(encode(x), [1, x.shape[1], 12, 5]) }));
    },
    model({ x }) {
      const h = sample("h", categorical({ logits: tf.zeros([12, 5]) }));
      observe("x", bernoulli({ logits: decode(tf.reshape(h, [...h.shape.slice(0, -2), 60])) }), x);
    },
  };
}, { ...options, estimator: "straight-through" });
`;

const workspace = new Workspace();
let browser: PanelBrowser;
let vae: Partial<RunSnapshot>;
let states: Partial<RunSnapshot>;
before(async () => {
  const file = workspace.model("images", model);
  const train = async (exportName: string, steps: number): Promise<Partial<RunSnapshot>> => {
    const run = await start({ file, exportName, steps, backend: "wasm" });
    run.watch(["images", "densities", "refinement"]);
    const { views, images, densities, refinement } = await run.run();
    run.dispose();
    return { ...(views && { views }), images: images!, densities: densities!, refinement: refinement! };
  };
  vae = await train("vae", 200);
  states = await train("states", 200);
  browser = await startPanelBrowser();
});
after(async () => {
  await browser?.close();
  workspace.remove();
});

const ids = ["images", "densities", "refinement"] as const;

for (const theme of Object.keys(themes)) {
  test(`images, latent space, densities and refinement are drawn and accessible in the ${theme} theme`, async () => {
    const { page, problems } = await browser.open({ theme, width: 1400, height: 1000 });
    await showRun(page, vae);
    await tile(page, "images").locator(".latent-chart").waitFor();
    await tile(page, "densities").locator(".density-chart").waitFor();
    await tile(page, "refinement").locator(".plot path.line").first().waitFor({ state: "attached" });
    for (const id of ids) await tile(page, id).screenshot({ path: join(screenshots, `${id}-${theme}.png`) });
    assert.deepEqual(await accessibilityViolations(page), []);
    assert.deepEqual(problems, []);
    await page.context().close();
  });
}

test("categorical latents are rows of probabilities, and the tables and files hold the numbers", async () => {
  const { page } = await browser.open({ width: 1400, height: 1000 });
  await showRun(page, states);
  const images = tile(page, "images");
  await images.getByText("probabilities of h").waitFor();
  assert.deepEqual(await images.locator("figcaption").allInnerTexts(), [
    "data x",
    "probabilities of h",
    "mean of x, latents at their means",
    "mean of x, latents drawn from the guide",
    "mean of x, latents drawn from the model",
  ]);
  await images.getByRole("button", { name: "Maximise" }).click();
  await images.locator(".latent-chart .point").nth(399).waitFor({ state: "attached" });
  await page.screenshot({ path: join(screenshots, "images-states.png") });
  await images.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "SVG picture" }).click();
  const file = await page.evaluate(() => window.fakeHost.sent.findLast(({ type }) => type === "export"));
  assert.ok(file?.type === "export" && file.text.match(/<image/g)?.length === 5);
  await images.getByRole("button", { name: "Show data as table" }).click();
  await images.getByRole("row", { name: /^h 0 \d/ }).waitFor();
  await page.context().close();
});

test("panels that do not apply take no room; densities and refinement follow a choice and tell what to do", async () => {
  const { page } = await browser.open({ width: 1000 });
  await showRun(page, states);
  await tile(page, "images").locator(".latent-chart").waitFor();
  for (const id of ["densities", "refinement"]) assert.equal(await tile(page, id).isVisible(), false);
  await showRun(page, vae);
  const densities = tile(page, "densities");
  await densities.getByLabel("Parameter").selectOption("log-std/bias");
  await densities.getByRole("img", { name: /total derivative of log-std\/bias/ }).waitFor();
  await densities.getByRole("button", { name: "Show data as table" }).click();
  await densities
    .getByRole("row", { name: /^encode\/weight path/ })
    .first()
    .waitFor();
  const refinement = tile(page, "refinement");
  assert.match(await refinement.innerText(), /10 inference steps (gain|lose) [−\d.]+ ± [\d.]+ nats \(95 %\)/);
  await refinement.getByRole("button", { name: "Show data as table" }).click();
  await refinement.getByRole("row", { name: /^10 / }).waitFor();
  await page.context().close();
});

test("what is on the screen is asked for, and no longer when it is not", async () => {
  const { page } = await browser.open({ width: 1000, height: 700 });
  await showRun(page, vae);
  const asked = (): Promise<readonly string[] | undefined> =>
    page.evaluate(() => {
      const last = window.fakeHost.sent.findLast(({ type }) => type === "watch");
      return last?.type === "watch" ? last.views : undefined;
    });
  await tile(page, "images").scrollIntoViewIfNeeded();
  await eventually(async () => assert.ok((await asked())?.includes("images")));
  await tile(page, "loss").getByRole("button", { name: "Maximise" }).click();
  await eventually(async () => assert.deepEqual(await asked(), []));
  await page.context().close();
});
