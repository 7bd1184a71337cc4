import { CheapestModel } from "./cheapest_model.ts";
import { CoreLightningModel } from "./core_lightning_model.ts";
import { LdkModel } from "./ldk_model.ts";
import {
  APRIORI_DEFAULTS,
  AprioriModel,
  CLOTH_LIMITS,
  CLOTH_OPTIONS,
  LND_LIMITS,
} from "./lnd_apriori.ts";
import { BimodalModel } from "./lnd_bimodal.ts";
import { ModelRouter } from "./model_router.ts";
import type { Network } from "../network.ts";
import { PriorRouter } from "./prior_router.ts";
import type { Router, RouterKind } from "./router.ts";
import type { SenderModel } from "./sender_model.ts";

/** Makes a router of a kind. */
export function createRouter(kind: RouterKind, network: Network): Router {
  if (kind === "prior") return new PriorRouter(network);
  return new ModelRouter(kind, network, MODELS[kind](network));
}

const MODELS = {
  "lnd-apriori": (network) => new AprioriModel(network, APRIORI_DEFAULTS, LND_LIMITS),
  "lnd-bimodal": (network) => new BimodalModel(network),
  cln: (network) => new CoreLightningModel(network),
  ldk: (network) => new LdkModel(network),
  cheapest: (network) => new CheapestModel(network),
  cloth: (network) => new AprioriModel(network, CLOTH_OPTIONS, CLOTH_LIMITS),
} as const satisfies Record<Exclude<RouterKind, "prior">, (network: Network) => SenderModel>;
