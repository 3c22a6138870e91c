import { s as info } from "./shared/github.mjs";
import { $t as names, At as workspace, Ct as setOutputs, Ht as writeSummary, Kt as roleInput, Q as gitHub, Rt as systemClock, St as runAction, Tt as findEnvironment, Wt as defineContract, Z as currentRun, et as checkDrift, ht as roleToAssume, kt as readDesiredState, tt as checkSharedDrift, ut as describeDrift, wt as readInputs, xt as failStep } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// core/src/stacks/drift-issue.ts
const longestBody = 6e4;
function planDriftIssue(environment, lines, open, runUrl) {
	const own = open.filter(({ author, body }) => author === "Bot" && body.startsWith(marker(environment))).sort((a, b) => a.number - b.number);
	const [first] = own;
	if (lines.length === 0) {
		if (!first) return { kind: "nothing" };
		const comment = `${environment} is as git says again, found by [this run](${runUrl}).`;
		return {
			kind: "close",
			numbers: own.map(({ number }) => number),
			comment
		};
	}
	const list = listOf(lines);
	const text = {
		title: `Drift: ${environment} differs from git`,
		body: [
			marker(environment),
			`**${environment}** differs from git in ${lines.length} ${lines.length === 1 ? "thing" : "things"}:`,
			list,
			"Take each change back by hand, or bring it to main and deliver it; never \"revert drift\" on a service stack, which resets traffic. Infrastructure is not deployed to this environment until then. This issue is closed by the first run that finds nothing.",
			`Found by [this run](${runUrl}).`
		].join("\n\n")
	};
	if (!first) return {
		kind: "open",
		...text
	};
	return first.body.includes(list) ? { kind: "nothing" } : {
		kind: "update",
		number: first.number,
		...text
	};
}
const marker = (environment) => `<!-- sluice drift of ${environment} -->`;
function listOf(lines) {
	const shown = [];
	let size = 0;
	for (const line of lines) {
		const safe = line.replaceAll("`", "'").replaceAll("\n", " ");
		if (size + safe.length > longestBody) break;
		shown.push(safe);
		size += safe.length + 1;
	}
	const rest = lines.length - shown.length;
	return [
		"```text",
		...shown,
		...rest > 0 ? [`... and ${rest} more, in the run's summary`] : [],
		"```"
	].join("\n");
}
// src/github/drift-issues.ts
async function reportDrift({ octokit, owner, repo }, environment, lines, runUrl) {
	const { issues } = octokit.rest;
	const plan = planDriftIssue(environment, lines, (await octokit.paginate(issues.listForRepo, {
		owner,
		repo,
		state: "open",
		per_page: 100
	})).filter(({ pull_request }) => pull_request == null).map(({ number, body, user }) => ({
		number,
		body: body ?? "",
		author: user?.type ?? ""
	})), runUrl);
	if (plan.kind === "open") await issues.create({
		owner,
		repo,
		title: plan.title,
		body: plan.body
	});
	if (plan.kind === "update") {
		const { number: issue_number, title, body } = plan;
		await issues.update({
			owner,
			repo,
			issue_number,
			title,
			body
		});
	}
	if (plan.kind === "close") for (const issue_number of plan.numbers) {
		await issues.createComment({
			owner,
			repo,
			issue_number,
			body: plan.comment
		});
		await issues.update({
			owner,
			repo,
			issue_number,
			state: "closed",
			state_reason: "completed"
		});
	}
	return plan;
}
// src/contracts/check-drift.ts
const contract = defineContract({
	environment: string(),
	role: roleInput.optional(),
	token: string().optional()
}, ["drifted"]);
// src/check-drift.ts
await runAction("Check drift", async () => {
	const inputs = readInputs(contract.inputs);
	const { environment: name } = inputs;
	const state = await readDesiredState();
	const environment = name === "shared" ? void 0 : findEnvironment(state, name);
	const { account } = environment?.environment ?? state.project.artifacts;
	const request = {
		root: workspace(),
		role: roleToAssume(inputs.role, account, names.role.drift(name))
	};
	const { stacks, services } = environment ? await checkDrift(environment, request, systemClock) : await checkSharedDrift(state.project, request, systemClock);
	const lines = describeDrift(stacks, services);
	setOutputs(contract, { drifted: lines.length > 0 });
	const title = lines.length > 0 ? "⚠️ differs from git" : "✅ is as git says";
	const list = lines.map((line) => `- ${line}`);
	await writeSummary([
		`### ${name} ${title}`,
		`${stacks.length} stacks compared`,
		...list
	].join("\n\n"));
	if (inputs.token != null) {
		const { kind } = await reportDrift(gitHub(inputs.token), name, lines, currentRun().url);
		info(`issue: ${kind}`);
	}
	if (lines.length > 0) failStep("Check drift", `${name} differs from git: ${lines.join("; ")}`);
});
export {};
