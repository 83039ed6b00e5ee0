// How many suggestions a window of suggestions asks for: as many as one question to the service may.

export const panelItems = 10;
