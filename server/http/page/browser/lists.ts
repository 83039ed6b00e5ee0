// The processes that share the port, and the settings in force.

import type { PageClient, PageSetting } from "../../../../shared/page.ts";
import { find, row } from "./elements.ts";

export function showClients(clients: readonly PageClient[]): void {
  find("clients", HTMLTableSectionElement).replaceChildren(
    ...clients.map(({ name, version = "", pid, isHere }) =>
      row(
        name === undefined ? "no editor" : `${name} ${version}`,
        String(pid),
        isHere ? "answers here" : "waits for the port, and tells of its requests",
      ),
    ),
  );
}

export function createSettingsView(): (settings: readonly PageSetting[]) => void {
  const body = find("settings", HTMLTableSectionElement);
  const onlySet = find("only-set", HTMLInputElement);
  let all: readonly PageSetting[] = [];
  const show = (): void => {
    const shown = all.filter(({ source }) => !onlySet.checked || source !== "default");
    body.replaceChildren(
      ...shown.map(({ key, value, source, origin }) =>
        row(
          key,
          value === "" ? "(empty)" : value,
          origin === "" || origin === source ? source : `${source}: ${origin}`,
        ),
      ),
      ...(shown.length === 0 ? [row("All are at their defaults.", "", "")] : []),
    );
  };
  onlySet.addEventListener("change", show);
  return (settings) => {
    all = settings;
    show();
  };
}
