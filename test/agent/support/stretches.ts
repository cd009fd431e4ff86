/** Whether anything holds up the whole program. */

/** The longest time that the program's own thread was at work without a look at anything else, in ms of its own: a busy machine adds nothing. */
export function watchStretches(): { longest: () => number } & Disposable {
  const cpuMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let last = cpuMs();
  let longest = 0;
  const look = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    longest: () => {
      look();
      return longest;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
