import { SqliteStore } from "../../lib/store/mod.ts";
import { MemoryStore } from "./memory_store.ts";
import { testStoreContract } from "./store_contract.ts";

testStoreContract("MemoryStore", () => {
  const store = new MemoryStore();
  return Promise.resolve({ store, dispose: () => store.close() });
});

testStoreContract("SqliteStore", async () => {
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  return {
    store,
    dispose: async () => {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
