import { At as workspace, Ct as setOutputs, Dt as findService, Ht as writeSummary, St as runAction, Vt as markdownTable, Wt as defineContract, kt as readDesiredState, un as ConfigurationError, wt as readInputs, yt as canonicalJson } from "./shared/sluice.mjs";
import { O as string, f as require_dist } from "./shared/vendor.mjs";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
// core/src/promotion/changes.ts
var import_dist = require_dist();
function listChanges(before, after) {
	const changes = [];
	for (const [path, text] of [...after].sort(([a], [b]) => a < b ? -1 : 1)) {
		const [, environment = "", service = ""] = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)\.yaml$/.exec(path) ?? [];
		if (service === "" || service === "environment" || environment === "policy") continue;
		if (!after.has(`${environment}/environment.yaml`)) continue;
		if (meaning(before.get(path)) !== meaning(text)) changes.push({
			environment,
			service
		});
	}
	return changes;
}
function meaning(text) {
	if (text == null) return void 0;
	try {
		return canonicalJson((0, import_dist.parse)(text));
	} catch {
		return;
	}
}
// src/contracts/list-changes.ts
const contract = defineContract({
	before: string().optional(),
	environment: string().optional(),
	service: string().optional()
}, ["releases"]);
// src/promotion/committed-environments.ts
const run = promisify(execFile);
const maxBuffer = 67108864;
async function readCommittedEnvironments(folder, commit) {
	const files = new Map();
	if (/^0+$/.test(commit)) return files;
	let list;
	try {
		list = await run("git", [
			"ls-tree",
			"-r",
			"-z",
			"--name-only",
			commit,
			"--",
			"environments"
		], {
			cwd: folder,
			maxBuffer
		});
	} catch (error) {
		throw new ConfigurationError([{
			message: `expected commit ${commit} in the checkout, found none`,
			hint: "check out with fetch-depth: 0"
		}], { cause: error });
	}
	for (const path of list.stdout.split("\0").filter((name) => name.endsWith(".yaml"))) {
		const { stdout } = await run("git", ["show", `${commit}:${path}`], {
			cwd: folder,
			maxBuffer
		});
		files.set(path.slice(13), stdout);
	}
	return files;
}
// src/list-changes.ts
await runAction("List changes", async () => {
	const { before, environment, service } = readInputs(contract.inputs);
	const state = await readDesiredState();
	let releases;
	if (environment != null && service != null) {
		findService(state, environment, service);
		releases = [{
			environment,
			service
		}];
	} else if (before != null) {
		const [then, now] = await Promise.all([before, "HEAD"].map((commit) => readCommittedEnvironments(workspace(), commit)));
		if (!then || !now) throw new ConfigurationError("expected environments/ at both ends of the push, found one");
		releases = listChanges(then, now);
	} else throw new ConfigurationError("expected the input \"before\", or \"environment\" and \"service\", found neither");
	setOutputs(contract, { releases: JSON.stringify(releases) });
	const rows = releases.map((change) => [change.environment, change.service]);
	await writeSummary(`### To be deployed\n\n${rows.length === 0 ? "Nothing changed." : markdownTable(["environment", "service"], rows)}`);
});
export {};
