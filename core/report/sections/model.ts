import { element } from "../markup";
import type { Section } from "../section";

/** The model's text, each line with a number that others point to. */
export const modelSection: Section = {
  id: "model",
  title: "Model",
  about: "The model file as it was when the run began.",
  none: "The run's folder holds no text of the model.",
  parts: ({ modelText }) =>
    modelText === ""
      ? []
      : [
          {
            title: "",
            picture: null,
            below: [
              element(
                "pre",
                { tabindex: "0", "aria-label": "Text of the model file" },
                ...modelText
                  .replace(/\r?\n$/, "")
                  .split(/\r?\n/)
                  .map((line, i) => element("span", { id: `L${i + 1}`, class: "code-line" }, `${line}\n`)),
              ),
            ],
          },
        ],
};
