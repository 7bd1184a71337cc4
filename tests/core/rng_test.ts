import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";

Deno.test("seededRng gives the same numbers for the same seed and label", () => {
  const take = (seed: number, label: string) => {
    const rng = seededRng(seed).fork(label);
    return Array.from({ length: 5 }, () => rng.float());
  };
  assert.deepEqual(take(1, "a"), take(1, "a"));
  assert.notDeepEqual(take(1, "a"), take(2, "a"));
  assert.notDeepEqual(take(1, "a"), take(1, "b"));
});

Deno.test("Rng.fork does not depend on how much was drawn before", () => {
  const fresh = seededRng(3), used = seededRng(3);
  for (let i = 0; i < 10; i++) used.float();
  assert.equal(fresh.fork("x").float(), used.fork("x").float());
});

Deno.test("Rng's distributions have their moments", () => {
  const rng = seededRng(11);
  const n = 100_000;
  const moments = (draw: () => number) => {
    let sum = 0, squares = 0;
    for (let i = 0; i < n; i++) {
      const x = draw();
      sum += x;
      squares += x * x;
    }
    return [sum / n, squares / n - (sum / n) ** 2];
  };
  // Tolerances are 5 standard errors or more.
  const near = (found: number[], expected: number[], tolerance: number) =>
    found.forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < tolerance, `${found}`));
  near(moments(() => rng.float()), [0.5, 1 / 12], 0.01);
  near(moments(() => rng.normal()), [0, 1], 0.03);
  near(moments(() => rng.exponential()), [1, 1], 0.05);
  near(moments(() => rng.int(10)), [4.5, 8.25], 0.1);
});

Deno.test("Rng.shuffle keeps the items and reaches every order", () => {
  const rng = seededRng(5);
  const orders = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const items = rng.shuffle([1, 2, 3]);
    assert.deepEqual([...items].sort(), [1, 2, 3]);
    orders.add(items.join());
  }
  assert.equal(orders.size, 6);
});
