// Sockets that the service manager opened for this process, so that it is started by the first connection. Source:
// sd_listen_fds(3).

const firstDescriptor = 3;

/** Their file descriptors; none unless they are meant for this very process. */
export function inheritedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly number[] {
  const count = Number(environment["LISTEN_FDS"]);
  if (environment["LISTEN_PID"] !== String(pid) || !Number.isSafeInteger(count) || count < 1) return [];
  return Array.from({ length: count }, (_, index) => firstDescriptor + index);
}
