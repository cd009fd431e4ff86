/** Circles in a graph (Tarjan's algorithm): every group of nodes that can be reached from one another, once. */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const search = new CircleSearch(graph);
  for (const node of graph.keys()) search.visit(node);
  return search.circles;
}

class CircleSearch {
  readonly circles: string[][] = [];
  readonly #graph: ReadonlyMap<string, readonly string[]>;
  /** In the order of the first visit. */
  readonly #numbers = new Map<string, number>();
  /** Visited, and not known to be outside of every circle that is still being followed. */
  readonly #open: string[] = [];

  constructor(graph: ReadonlyMap<string, readonly string[]>) {
    this.#graph = graph;
  }

  /** @returns the smallest number among the open nodes that can be reached. */
  visit(node: string): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return this.#open.includes(node) ? known : Number.POSITIVE_INFINITY;
    const number = this.#numbers.size;
    this.#numbers.set(node, number);
    this.#open.push(node);
    const targets = this.#graph.get(node) ?? [];
    const lowest = Math.min(number, ...targets.map((target) => this.visit(target)));
    if (lowest === number) {
      const group = this.#open.splice(this.#open.indexOf(node));
      if (group.length > 1 || targets.includes(node)) this.circles.push(group);
    }
    return lowest;
  }
}
