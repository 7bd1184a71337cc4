import type { Network } from "../network/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import type { Analysis } from "./analysis.ts";

/** The analysis with peers called what they call themselves in the channel graph. */
export function withPeerNames(analysis: Analysis, network: Network): Analysis {
  const nameOf = (peer: string) => {
    const index = network.nodeOf(peer);
    return (index === undefined ? "" : network.aliases[index].trim()) || peer;
  };
  const named = new Map(analysis.plan.suggestions.map((s): [string, Suggestion] => [
    s.id,
    { ...s, sourceNode: nameOf(s.sourceNode), targetNode: nameOf(s.targetNode) },
  ]));
  const channels = analysis.channels.map((channel) => {
    const { outlook, suggestion } = channel;
    const peer = nameOf(outlook.channel.peer);
    return {
      ...channel,
      outlook: { ...outlook, channel: { ...outlook.channel, peer } },
      suggestion: suggestion && named.get(suggestion.id),
    };
  });
  return { ...analysis, channels, plan: { ...analysis.plan, suggestions: [...named.values()] } };
}
