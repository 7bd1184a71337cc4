/**
 * A channel's name as people know it: block, transaction and output, `700000x1x0`. LND's number
 * holds these in 24, 24 and 16 bits; some tools write colons. Other names are left as they are.
 */
export function shortChannelId(channelId: string): string {
  if (/^\d+:\d+:\d+$/.test(channelId)) return channelId.replaceAll(":", "x");
  if (!/^\d{10,20}$/.test(channelId)) return channelId;
  const number = BigInt(channelId);
  return `${number >> 40n}x${(number >> 16n) & 0xffffffn}x${number & 0xffffn}`;
}
