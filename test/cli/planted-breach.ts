/** A breach as the books' owner could make one, and every line that the audit must tell then. */
export type PlantedBreach = {
  readonly identity: string;
  readonly plant: string;
  readonly told: readonly (string | RegExp)[];
};
