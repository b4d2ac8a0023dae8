export const faultKinds = [
  'dropResponseAfterCommit',
  'error500',
  'rateLimit429',
  'lockTimeout',
  'outage',
  'hold',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface WantedFault {
  readonly kind: FaultKind;
  readonly method?: string | undefined;
  /** A regular expression that the path must match. */
  readonly pathPattern?: string | undefined;
  /** How many requests it meets; one, unless it lasts for some `seconds`. */
  readonly times?: number | undefined;
  readonly seconds?: number | undefined;
}

interface ArmedFault {
  readonly wanted: WantedFault;
  left: number;
  readonly until: number;
}

/** What shall go wrong, and with which requests. */
export class Faults {
  #armed: ArmedFault[] = [];
  #held: (() => void)[] = [];

  arm(wanted: WantedFault): void {
    const lasts = wanted.seconds !== undefined;
    this.#armed.push({
      wanted,
      left: wanted.times ?? (lasts ? Number.POSITIVE_INFINITY : 1),
      until: lasts ? Date.now() + (wanted.seconds ?? 0) * 1000 : Number.POSITIVE_INFINITY,
    });
  }

  /** The fault that meets this request, which counts as used by it. */
  take(request: { readonly method: string; readonly path: string }): FaultKind | undefined {
    this.#armed = this.#armed.filter((fault) => fault.left > 0 && fault.until > Date.now());
    const found = this.#armed.find(
      ({ wanted }) =>
        (wanted.method === undefined || wanted.method === request.method) &&
        (wanted.pathPattern === undefined || new RegExp(wanted.pathPattern).test(request.path)),
    );
    if (found !== undefined) found.left -= 1;
    return found?.wanted.kind;
  }

  /** Waits, as a slow request does, until `release`. */
  hold(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** Ends all faults, and lets the held requests go on. */
  clear(): void {
    this.#armed = [];
    for (const resume of this.#held.splice(0)) resume();
  }

  describe(): object {
    return {
      armed: this.#armed.map(({ wanted, left }) => ({
        ...wanted,
        left: Number.isFinite(left) ? left : null,
      })),
      held: this.#held.length,
    };
  }
}
