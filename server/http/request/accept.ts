// Which of the formats on offer a client wants, by its `Accept` header. RFC 9110, section 12.5.1.

/** The best-liked of `offers` that `accept` names outright; wildcards and no header at all leave it undefined. */
export function preferred<const T extends string>(accept: string | undefined, offers: readonly T[]): T | undefined {
  if (accept === undefined) return undefined;
  let best: T | undefined;
  let bestWeight = 0;
  for (const entry of accept.split(",")) {
    const [type = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const offer = offers.find((candidate) => candidate === type);
    if (offer === undefined) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (weight > bestWeight) {
      best = offer;
      bestWeight = weight;
    }
  }
  return best;
}
