import { useState } from "hono/jsx/dom";
import { formatSat } from "../../core/browser.ts";
import { UNKNOWN } from "./format.ts";
import type { ModelsView } from "./insight_api.ts";
import { Loading } from "./loading.tsx";
import { post, type Resource } from "./resource.ts";
import { PlainTable } from "./section.tsx";
import { Time } from "./time.tsx";

/** Models drawn; older ones are left to the `models` command. */
const MOST = 20;

/** All models, and which serves; promotes and rolls back after a second press. */
export function Registry(
  { models, onChange }: { models: Resource<ModelsView>; onChange: () => void },
) {
  const [asked, setAsked] = useState<string | undefined>(undefined);
  const [said, setSaid] = useState("");
  const { data } = models;
  const act = async (path: string, done: string) => {
    setAsked(undefined);
    setSaid("…");
    setSaid(await post(path) ?? done);
    onChange();
  };
  const confirm = (key: string, label: string, path: string, done: string) =>
    asked === key
      ? (
        <>
          <button type="button" class="danger" onClick={() => act(path, done)}>
            Yes, {label.toLowerCase()}
          </button>{" "}
          <button type="button" onClick={() => setAsked(undefined)}>No</button>
        </>
      )
      : <button type="button" onClick={() => setAsked(key)}>{label}</button>;
  return (
    <section class="panel" aria-labelledby="registry-title">
      <div class="section-head">
        <h3 id="registry-title">Registry</h3>
        {(data?.models.length ?? 0) > 1
          ? confirm("rollback", "Roll back", "/api/models/rollback", "The champion before serves.")
          : null}
        <span role="status" class="said">{said}</span>
      </div>
      {data === undefined
        ? <Loading of={models} what="Models" />
        : data.models.length === 0
        ? (
          <p class="note">
            No model has been trained yet. One appears here after the first retraining, or after
            {" "}
            <code>train:initial</code>.
          </p>
        )
        : (
          <PlainTable label="Models">
            <thead>
              <tr>
                <th scope="col">model</th>
                <th scope="col">trained</th>
                <th scope="col" class="number">samples</th>
                <th scope="col" class="number">error when tested</th>
                <th scope="col">role</th>
              </tr>
            </thead>
            <tbody>
              {data.models.slice(0, MOST).map(({ id, champion, details }) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td data-label="trained">
                    {details.created === undefined ? UNKNOWN : <Time iso={details.created} />}
                  </td>
                  <td class="number" data-label="samples">
                    {details.samples?.toLocaleString("en-US") ?? UNKNOWN}
                  </td>
                  <td class="number" data-label="error when tested">
                    {details.losses?.model === undefined
                      ? UNKNOWN
                      : formatSat(details.losses.model)}
                  </td>
                  <td data-label="role">
                    {details.fault !== undefined
                      ? <span class="note">can't be used: {details.fault}</span>
                      : id === data.serving
                      ? <span class="chip applied">champion, serves</span>
                      : (
                        <>
                          {champion ? <span class="chip">champion</span> : null}
                          {confirm(
                            id,
                            "Promote",
                            `/api/models/${encodeURIComponent(id)}/promote`,
                            `${id} serves.`,
                          )}
                        </>
                      )}
                  </td>
                </tr>
              ))}
            </tbody>
          </PlainTable>
        )}
    </section>
  );
}
