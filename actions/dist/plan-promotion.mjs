import { $t as names, B as taskSkeletonSchema, C as describeHold, Ct as setOutputs, Dt as findService, Gt as jsonInput, Ht as writeSummary, Kt as roleInput, N as assessRisk, Pt as parseImageReference, Q as gitHub, Rt as systemClock, S as decideEligibility, St as runAction, V as pullHost, Wt as defineContract, X as nextEnvironments, Xt as awsClients, a as readRunningRelease, c as configurationPaths, d as writeBundle, dt as artifactRegistry, f as describeBundle, ft as readImageLabels, gt as rolesOfJobs, h as readReleaseFacts, ht as roleToAssume, i as readReleaseChange, j as bundleSha256, jt as releaseSchema, kt as readDesiredState, l as configurationSince, r as readConfigurationChange, s as renderTaskDefinitions, un as ConfigurationError, wt as readInputs, x as freezeOf, xt as failStep, yt as canonicalJson } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { d as require_dist_cjs } from "./shared/aws.mjs";
// src/contracts/plan-promotion.ts
const contract = defineContract({
	environment: string(),
	service: string(),
	release: jsonInput(releaseSchema).optional(),
	reason: string().optional(),
	role: roleInput.optional(),
	token: string()
}, [
	"bundle",
	"bundle-sha256",
	"release",
	"from",
	"strategy",
	"region",
	"regions",
	"unchanged",
	"eligible",
	"reason",
	"next",
	"deploy-role",
	"rollout-role",
	"roll-back-role"
]);
// core/src/evidence/json-changes.ts
var import_dist_cjs = require_dist_cjs();
function listJsonChanges(from, to, path = "") {
	if (from === void 0 && to === void 0) return [];
	if (from !== void 0 && to !== void 0 && canonicalJson(from) === canonicalJson(to)) return [];
	const [before, after] = [keyed(from), keyed(to)];
	if (!before || !after) return [{
		path,
		...from === void 0 ? {} : { from },
		...to === void 0 ? {} : { to }
	}];
	return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => listJsonChanges(before.get(key), after.get(key), path === "" ? key : `${path}.${key}`));
}
function keyed(value) {
	if (value == null || typeof value !== "object") return void 0;
	if (!Array.isArray(value)) return new Map(Object.entries(value).filter((entry) => entry[1] !== void 0));
	return new Map(value.map((item, index) => [nameOf(item) ?? String(index), item]));
}
function nameOf(item) {
	const name = item != null && typeof item === "object" && "name" in item ? item["name"] : void 0;
	return typeof name === "string" ? name : void 0;
}
// src/promotion/gather-evidence.ts
async function gatherEvidence(request) {
	const { state, environment, service, release, github, now } = request;
	const { environment: place, service: desired } = findService(state, environment, service);
	const { regions } = place.environment;
	const running = await readRunning(request);
	const [change, { facts, here }] = await Promise.all([readReleaseChange(github, running?.commit, release.commit), readReleaseFacts(github, state, {
		environment,
		service,
		release
	})]);
	const since = configurationSince(running, here);
	const head = process.env["GITHUB_SHA"] ?? release.commit;
	const paths = configurationPaths(environment, service);
	const configuration = await readConfigurationChange(github, {
		since,
		head,
		paths
	});
	const changes = await compareDefinitions(request, {
		...desired,
		release
	}, running);
	const from = running && {
		image: running.image,
		commit: running.commit ?? "",
		version: running.version ?? ""
	};
	return {
		unchanged: running?.image === facts.to.image && changes.length === 0,
		bundle: {
			...facts,
			version: 1,
			service,
			...from ? { from } : {},
			strategy: desired.rollout.strategy,
			regions,
			rollout: desired.rollout,
			taskDefinition: {
				...running ? { running: running.taskDefinitionArn } : {},
				changes
			},
			change: {
				commits: [...change.commits],
				complete: change.complete,
				files: [...change.files]
			},
			configuration: {
				...since == null ? {} : { since },
				commits: [...configuration.commits],
				complete: configuration.complete
			},
			risk: toMutable(assessRisk({
				commits: change.commits.length,
				commitsComplete: change.complete && configuration.complete,
				changedFiles: change.files,
				taskDefinitionChanges: changes,
				migration: desired.migrate?.phase,
				isFirst: running == null,
				isBackwards: change.isBackwards,
				heldReason: describeHold(facts),
				strategy: desired.rollout.strategy
			})),
			...request.reason == null ? {} : { reason: request.reason },
			createdAt: now.toISOString()
		}
	};
}
function toMutable(risk) {
	return {
		level: risk.level,
		reasons: [...risk.reasons]
	};
}
async function readRunning(request) {
	const { environment } = findService(request.state, request.environment, request.service);
	const running = await readRunningRelease(request.aws.ecs, environment, request.service);
	if (!running || running.commit != null) return running;
	const { repository, digest } = parseImageReference(running.image);
	const registry = await artifactRegistry(request.state.project, request.artifacts.ecr);
	if (await registry.findManifest(repository, digest) == null) return running;
	const labels = await readImageLabels(registry, repository, digest);
	const commit = labels["org.opencontainers.image.revision"];
	const version = labels["org.opencontainers.image.version"];
	return {
		...running,
		...commit == null ? {} : { commit },
		...version == null ? {} : { version }
	};
}
async function compareDefinitions({ aws, environment, service: name, state }, service, running) {
	const parameter = names.taskSkeletonParameter(environment, name);
	const { Parameter } = await aws.ssm.send(new import_dist_cjs.GetParameterCommand({ Name: parameter }));
	const skeleton = taskSkeletonSchema.parse(JSON.parse(Parameter?.Value ?? "null"));
	const place = findService(state, environment, name).environment.environment;
	const host = pullHost(state.project, place, aws.region);
	const { cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } = renderTaskDefinitions(environment, name, service, skeleton, host).service;
	const wanted = {
		cpu,
		memory,
		executionRoleArn,
		taskRoleArn,
		containerDefinitions
	};
	return listJsonChanges(onlyKeysOf(running?.definition ?? {}, wanted), wanted);
}
function onlyKeysOf(value, shape) {
	if (Array.isArray(value) && Array.isArray(shape)) return value.map((item, index) => onlyKeysOf(item, shape[index] ?? item) ?? null);
	if (!isRecord(value) || !isRecord(shape)) return value;
	const keys = Object.keys(value).filter((key) => key in shape);
	return Object.fromEntries(keys.map((key) => [key, onlyKeysOf(value[key], shape[key] ?? null)]));
}
function isRecord(value) {
	return value != null && typeof value === "object" && !Array.isArray(value);
}
// src/promotion/plan-promotion.ts
async function planPromotion(state, inputs, now) {
	const { environment, service } = inputs;
	const found = findService(state, environment, service);
	const { account, regions } = found.environment.environment;
	if (regions.length > 1) throw new ConfigurationError([{
		message: `${environment}: expected one region, found ${regions.join(", ")}`,
		location: { file: `environments/${environment}/environment.yaml` },
		hint: "waves over several regions are not built yet"
	}]);
	const role = roleToAssume(inputs.role, account, names.role.plan(environment));
	const evidence = await gatherEvidence({
		state,
		environment,
		service,
		release: inputs.release ?? found.service.release,
		reason: inputs.reason,
		github: gitHub(inputs.token),
		aws: awsClients({
			region: regions[0] ?? "",
			role
		}),
		artifacts: awsClients({
			region: state.project.artifacts.region,
			role
		}),
		now
	});
	const freeze = freezeOf(state, environment, now);
	const eligibility = decideEligibility({
		bundle: evidence.bundle,
		freeze,
		now
	});
	return {
		bundle: evidence.bundle,
		eligibility,
		unchanged: evidence.unchanged,
		account
	};
}
// src/plan-promotion.ts
await runAction("Plan promotion", async () => {
	const inputs = readInputs(contract.inputs);
	const { environment, service } = inputs;
	const state = await readDesiredState();
	const { bundle, eligibility, unchanged, account } = await planPromotion(state, inputs, systemClock.now());
	const reason = eligibility.reasons.join("; ");
	setOutputs(contract, {
		bundle: await writeBundle(bundle),
		"bundle-sha256": bundleSha256(bundle),
		release: JSON.stringify(bundle.to),
		from: bundle.from?.commit ? JSON.stringify(bundle.from) : "",
		strategy: bundle.strategy,
		region: bundle.regions[0],
		regions: JSON.stringify(bundle.regions),
		unchanged: String(unchanged),
		eligible: String(eligibility.eligible),
		reason,
		next: JSON.stringify(nextEnvironments(state, environment).filter((next) => state.environments[next]?.services[service])),
		...rolesOfJobs(account, environment)
	});
	await writeSummary(`## ${service} ${bundle.to.version} to ${environment}\n\n${describeBundle(bundle, eligibility)}`);
	if (!eligibility.onlyTime && !unchanged) failStep(`${service} may not enter ${environment}`, reason);
});
export {};
