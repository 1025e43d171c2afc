import * as vscode from "vscode";
import type { PictureInk } from "./intervalPicture";

const { Light, Dark, HighContrast, HighContrastLight } = vscode.ColorThemeKind;

const inks: Readonly<Record<vscode.ColorThemeKind, PictureInk>> = {
  [Light]: {
    ground: "#ffffff",
    text: "#1f1f1f",
    line: "#6b6b6b",
    allowed: "#dce9f7",
    beyond: "#b5200d",
    within: "#1a7f37",
    undecided: "#6b6b6b",
  },
  [Dark]: {
    ground: "#252526",
    text: "#e4e4e4",
    line: "#9d9d9d",
    allowed: "#2f4560",
    beyond: "#f48771",
    within: "#73c991",
    undecided: "#c5c5c5",
  },
  [HighContrast]: {
    ground: "#000000",
    text: "#ffffff",
    line: "#ffffff",
    allowed: "#1b3a5c",
    beyond: "#ffab8f",
    within: "#89d185",
    undecided: "#ffffff",
  },
  [HighContrastLight]: {
    ground: "#ffffff",
    text: "#000000",
    line: "#292929",
    allowed: "#dce9f7",
    beyond: "#8a1000",
    within: "#0a5c20",
    undecided: "#292929",
  },
};

/** Colours of pictures in the theme of now. */
export const pictureInk = (): PictureInk => inks[vscode.window.activeColorTheme.kind];
