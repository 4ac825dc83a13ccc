/** Counts a server's crashes: one that fails again and again is not started for ever. */

const MOST = 4;
const WITHIN_MS = 3 * 60 * 1000;

export class Crashes {
  private times: number[] = [];
  /** Called when there have been too many. */
  tooMany: () => void = () => undefined;

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes note of a crash; whether the server may be started once more. */
  another(): boolean {
    this.times = [...this.times, this.now()].filter((time) => this.now() - time < WITHIN_MS);
    const may = this.times.length <= MOST;
    if (!may) this.tooMany();
    return may;
  }
}
