// `GET {telemetry}/telemetry` asks which experiments run, `POST` reports. No experiment runs, and reports are dropped.

import { json, type Route } from "../route.ts";

const path = /^\/telemetry$/;

export const experiments: Route = {
  name: "telemetry",
  method: "GET",
  path,
  answer: () =>
    // The official client fails every completion when `Configs` is missing.
    json({
      Features: [],
      Flights: {},
      Configs: [{ Id: "vscode", Parameters: {} }],
      ParameterGroups: [],
      FlightingVersion: 1,
      ImpressionId: "x",
      AssignmentContext: "",
    }),
};

export const reports: Route = {
  name: "telemetry",
  method: "POST",
  path,
  answer: () => json({ itemsReceived: 0, itemsAccepted: 0, errors: [] }),
};
