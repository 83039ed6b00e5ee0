// Circles in a graph: its strongly connected components of more than one node, found by Tarjan's algorithm.

/** Sorted nodes of each circle. What is no key of `graph` leads nowhere. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const path: string[] = [];
  const found: (readonly string[])[] = [];
  const visit = (node: string): number => {
    const own = order.size;
    order.set(node, own);
    let low = own;
    const place = path.push(node) - 1;
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (path.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === own) {
      const component = path.splice(place);
      if (component.length > 1) found.push(component.sort());
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
