import { $ as isStatus, Ct as setOutputs, Dt as findService, Gt as jsonInput, Ht as writeSummary, Mt as formatImageReference, O as describePromotion, Q as gitHub, Rt as systemClock, S as decideEligibility, St as runAction, T as promotionBranchPrefix, Wt as defineContract, _ as proposeChange, b as withRelease, f as describeBundle, jt as releaseSchema, kt as readDesiredState, u as readBundle, un as ConfigurationError, w as promotionBranch, wt as readInputs, x as freezeOf } from "./shared/sluice.mjs";
import { l as setSecret, n as context, r as getOctokit } from "./shared/github.mjs";
import { O as string } from "./shared/vendor.mjs";
import { createSign } from "node:crypto";
// src/contracts/open-promotion.ts
const contract = defineContract({
	environment: string(),
	service: string(),
	release: jsonInput(releaseSchema),
	bundle: string().optional(),
	"revert-of": jsonInput(releaseSchema).optional(),
	reason: string().optional(),
	token: string(),
	"app-id": string().optional(),
	"app-private-key": string().optional()
}, ["pull-request", "merged"]);
// src/github/app-token.ts
async function promotionToken(inputs) {
	const { "app-id": id, "app-private-key": key } = inputs;
	if (id == null && key == null) return {
		token: inputs.token,
		startsWorkflows: false
	};
	if (id == null || key == null) throw new ConfigurationError("expected \"app-id\" and \"app-private-key\" together, found one of them");
	setSecret(key);
	const asApp = getOctokit(signedClaim(id, key, Math.floor(Date.now() / 1e3)));
	const { owner, repo } = context.repo;
	const { data: installation } = await asApp.rest.apps.getRepoInstallation({
		owner,
		repo
	});
	const { data } = await asApp.rest.apps.createInstallationAccessToken({
		installation_id: installation.id,
		repositories: [repo],
		permissions: {
			contents: "write",
			pull_requests: "write"
		}
	});
	setSecret(data.token);
	return {
		token: data.token,
		startsWorkflows: true
	};
}
function signedClaim(appId, privateKey, nowSeconds) {
	const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const claim = `${encode({
		alg: "RS256",
		typ: "JWT"
	})}.${encode({
		iat: nowSeconds - 60,
		exp: nowSeconds + 540,
		iss: appId
	})}`;
	return `${claim}.${createSign("RSA-SHA256").update(claim).sign(privateKey, "base64url")}`;
}
// src/github/merge-pull-request.ts
const pollMilliseconds = 5e3;
const firstCheckMilliseconds = 6e4;
async function waitForChecks({ octokit, owner, repo }, pull, clock, { expectsChecks, timeoutMilliseconds }) {
	const start = clock.now().getTime();
	const deadline = start + timeoutMilliseconds;
	for (;;) {
		const { data } = await octokit.rest.checks.listForRef({
			owner,
			repo,
			ref: pull.headSha,
			per_page: 100
		});
		const failed = data.check_runs.filter(({ status, conclusion }) => status === "completed" && ![
			"success",
			"neutral",
			"skipped"
		].includes(conclusion ?? "none"));
		if (failed.length > 0) {
			const list = failed.map(({ name, conclusion }) => `${name} (${conclusion})`).join(", ");
			throw new ConfigurationError(`${pull.url}: expected every check to succeed, found ${list}`);
		}
		const running = data.check_runs.filter(({ status }) => status !== "completed");
		const mayStillCome = expectsChecks && data.check_runs.length === 0 && clock.now().getTime() - start < firstCheckMilliseconds;
		if (running.length === 0 && !mayStillCome) return;
		if (clock.now().getTime() >= deadline) {
			const list = running.map(({ name }) => name).join(", ");
			throw new ConfigurationError(`${pull.url}: expected its checks to end, found ${list} still running`);
		}
		await clock.sleep(pollMilliseconds);
	}
}
async function mergePullRequest({ octokit, owner, repo }, pull) {
	try {
		const request = {
			owner,
			repo,
			pull_number: pull.number,
			sha: pull.headSha,
			merge_method: "squash"
		};
		await octokit.rest.pulls.merge(request);
	} catch (error) {
		if (!isStatus(error, 403, 405, 409)) throw error;
		const { data } = await octokit.rest.pulls.get({
			owner,
			repo,
			pull_number: pull.number
		});
		if (data.merged_at != null && data.head.sha === pull.headSha) return;
		const hint = "let the token that opens promotions pass the rules of main, or merge by hand";
		const message = `${pull.url} could not be merged: ${error.message}`;
		throw new ConfigurationError([{
			message,
			hint
		}], { cause: error });
	}
}
// src/github/start-workflow.ts
async function startWorkflow({ octokit, owner, repo }, workflow, inputs) {
	await octokit.rest.actions.createWorkflowDispatch({
		owner,
		repo,
		workflow_id: workflow,
		ref: "main",
		inputs: { ...inputs }
	});
}
// src/promotion/merge-and-start.ts
const timeoutMilliseconds = 6e5;
async function mergeAndStart(github, pull, change, clock) {
	await waitForChecks(github, pull, clock, {
		expectsChecks: change.startsWorkflows,
		timeoutMilliseconds
	});
	await mergePullRequest(github, pull);
	if (!change.startsWorkflows && change["revert-of"] == null) {
		const { environment, service } = change;
		await startWorkflow(github, "deploy-env.yml", {
			environment,
			service
		});
	}
	return true;
}
// src/promotion/open-promotion.ts
async function openPromotion(github, state, request, now) {
	const { environment, service, release } = request;
	const { promotion } = findService(state, environment, service).environment.environment;
	const path = `environments/${environment}/${service}.yaml`;
	const texts = request["revert-of"] ? revertTexts(request) : await promotionTexts(request, state, now);
	const change = {
		branch: promotionBranch(environment, service, release) + (request["revert-of"] ? "-revert" : ""),
		branchPrefix: promotionBranchPrefix(environment, service),
		path,
		edit: (text) => withRelease(text, release, path),
		title: texts.title,
		body: texts.body
	};
	const pull = await proposeChange(github, change);
	if (!pull) return { mode: "none" };
	if (promotion.mode !== "auto") return {
		mode: "wait",
		pull,
		why: `${environment} is promoted to by people`
	};
	if (!texts.eligible) return {
		mode: "wait",
		pull,
		why: texts.why
	};
	return {
		mode: "merge",
		pull,
		why: `${environment} is promoted to automatically`
	};
}
async function promotionTexts(request, state, now) {
	const { environment, service, release, reason } = request;
	const title = `promote(${environment}): ${service} ${release.version}`;
	if (request.bundle == null) return {
		title,
		body: reason ?? "",
		eligible: false,
		why: "there is no evidence to judge it by"
	};
	const bundle = await readBundle(request.bundle);
	const eligibility = decideEligibility({
		bundle,
		freeze: freezeOf(state, environment, now),
		now
	});
	return {
		title,
		body: describeBundle(bundle, eligibility),
		eligible: eligibility.eligible,
		why: eligibility.reasons.join("; ")
	};
}
function revertTexts({ environment, service, release, reason, ...request }) {
	const failed = request["revert-of"];
	const image = failed ? formatImageReference(failed.image) : "the release";
	return {
		title: `revert(${environment}): ${service} back to ${release.version}`,
		body: [
			`\`${image}\` was rolled back in ${environment}: ${reason ?? "no reason was recorded"}.`,
			"",
			`The environment runs \`${formatImageReference(release.image)}\` (version ${release.version}). This makes main say so again.`,
			`The failed digest is held in ${environment}: nothing promotes it again by itself.`
		].join("\n"),
		eligible: true,
		why: ""
	};
}
// src/open-promotion.ts
await runAction("Open promotion", async () => {
	const inputs = readInputs(contract.inputs);
	const { token, startsWorkflows } = await promotionToken(inputs);
	const state = await readDesiredState();
	const github = gitHub(token);
	const opened = await openPromotion(github, state, inputs, systemClock.now());
	const merged = opened.mode === "merge" && await mergeAndStart(github, opened.pull, {
		...inputs,
		startsWorkflows
	}, systemClock);
	setOutputs(contract, {
		"pull-request": opened.mode === "none" ? "" : opened.pull.number,
		merged: String(merged)
	});
	await writeSummary(describePromotion(inputs, opened, merged));
});
export {};
