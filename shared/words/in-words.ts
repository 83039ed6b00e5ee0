// Times and amounts in a person's words.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `2 hours 5 minutes`, `24 minutes`, `3 days`; below a minute `less than a minute`. */
export function durationInWords(ms: number): string {
  if (ms < minuteMs) return "less than a minute";
  if (ms < hourMs) return count(Math.floor(ms / minuteMs), "minute");
  if (ms < 2 * dayMs) {
    const minutes = Math.floor((ms % hourMs) / minuteMs);
    const hours = count(Math.floor(ms / hourMs), "hour");
    return minutes === 0 ? hours : `${hours} ${count(minutes, "minute")}`;
  }
  return count(Math.floor(ms / dayMs), "day");
}

/** `1 minute`, `2 minutes`. */
export function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? "" : "s"}`;
}

/** `1,234` */
export function number(amount: number): string {
  return amount.toLocaleString("en-US");
}
