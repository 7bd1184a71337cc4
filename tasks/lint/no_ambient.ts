/**
 * Lint rule: time and chance are arguments. `Date.now()`, `new Date()` without an argument,
 * `Math.random()` and `performance.now()` are allowed in `lib/core` (which wraps them), in tests
 * and in `tasks` only.
 */
const BANNED: Record<string, string[]> = {
  Date: ["now"],
  Math: ["random"],
  performance: ["now"],
  crypto: ["randomUUID", "getRandomValues"],
};
const EXEMPT = /[\\/](lib[\\/]core|tests|tasks)[\\/]/;

const plugin: Deno.lint.Plugin = {
  name: "lightning-lens",
  rules: {
    "no-ambient-time-or-chance": {
      create(context) {
        if (EXEMPT.test(context.filename)) return {};
        const say = (node: Deno.lint.Node, what: string) =>
          context.report({
            node,
            message: `${what} reads time or chance from the surroundings`,
            hint: "Pass a Clock or an Rng from lib/core instead.",
          });
        return {
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            const { name } = node.object;
            if (BANNED[name]?.includes(node.property.name)) {
              say(node, `${name}.${node.property.name}`);
            }
          },
          NewExpression(node) {
            if (
              node.callee.type === "Identifier" && node.callee.name === "Date" &&
              node.arguments.length === 0
            ) say(node, "new Date()");
          },
        };
      },
    },
  },
};
export default plugin;
