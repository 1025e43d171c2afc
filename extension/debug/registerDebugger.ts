import * as vscode from "vscode";
import { mayReplaceRun, newRunFolder, requireTrust, type TrainServices } from "../commands/train";
import { debugType } from "../ids";
import { settings } from "../settings";
import { GradlensConfigurations } from "./configurationProvider";
import { GradlensDebugAdapter } from "./debugAdapter";

/** The debug type: configurations, and an adapter in this process that talks to the window's engine. */
export function registerDebugger({ client, session }: TrainServices): vscode.Disposable {
  const configurations = new GradlensConfigurations(() => mayReplaceRun(session));
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider(debugType, configurations),
    vscode.debug.registerDebugConfigurationProvider(debugType, configurations, Dynamic),
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: () => {
        requireTrust();
        return new vscode.DebugAdapterInlineImplementation(
          new GradlensDebugAdapter({
            client,
            l10n: vscode.l10n,
            train: (request) => session.train({ ...settings.trainDefaults(), ...newRunFolder(request), ...request }),
          }),
        );
      },
    }),
  );
}
