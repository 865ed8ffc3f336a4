import type { TaskDetailFragment } from '../../gql/graphql'
import { neededMetrics } from '../../trials/hands/tellForm'

export type Language = 'python' | 'curl'

export const languageLabels: Readonly<Record<Language, string>> = { python: 'Python', curl: 'curl' }

type ScriptTask = Pick<TaskDetailFragment, 'id' | 'objectives' | 'constraints'>

/** A complete worker for this very task, with nothing to fill in but the experiment itself. */
export function workerScript(language: Language, task: ScriptTask, origin: string): string {
  return scripts[language](task, `${origin}/graphql`)
}

const scripts: Readonly<Record<Language, (task: ScriptTask, url: string) => string>> = {
  python: (task, url) => `import json, threading, time, uuid, urllib.error, urllib.request

WORKER = "worker-1"
LEASE = 60  # seconds of silence after which the trial goes to another worker

def call(query, **variables):
    """Asks until the server has answered, also over a restart of it."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    while True:
        request = urllib.request.Request("${url}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                answer = json.load(response)
            break
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(2)
    if answer.get("errors"):
        raise RuntimeError(answer["errors"][0]["message"])
    return answer["data"]

def evaluate(point, stopped):
    ...  # run the experiment at this point and measure; give up early if stopped.is_set()
    return {${objectiveNames(task)
      .map((name) => `${JSON.stringify(name)}: 0.0`)
      .join(', ')}}

def keep(trial, done, stopped):
    """Renews the lease until the trial is told."""
    while not done.wait(LEASE / 3):
        lease = {"trialId": trial["id"], "token": trial["lease"]["token"]}
        [state] = call("""mutation($lease: LeaseInput!, $seconds: Float!) {
          heartbeat(input: {leases: [$lease], leaseSeconds: $seconds}) { leases { verdict } }
        }""", lease=lease, seconds=LEASE)["heartbeat"]["leases"]
        if state["verdict"] != "GO_ON":  # pruned, told by another, or lost
            stopped.set()
            return

while True:
    # Waits up to 30 seconds for a point. The key makes it safe to ask again if the answer was lost.
    try:
        trials = call("""mutation($task: ID!, $worker: String!, $seconds: Float!, $key: String!) {
          ask(input: {taskId: $task, worker: $worker, leaseSeconds: $seconds, waitSeconds: 30, idempotencyKey: $key}) {
            trials { id point lease { token } }
          }
        }""", task="${task.id}",
            worker=WORKER, seconds=LEASE, key=str(uuid.uuid4()))["ask"]["trials"]
    except RuntimeError as error:  # the task has ended
        print(error)
        break
    for trial in trials:
        done, stopped = threading.Event(), threading.Event()
        threading.Thread(target=keep, args=(trial, done, stopped), daemon=True).start()
        report = {}
        try:
            values = evaluate(trial["point"], stopped)
            report["outcome"] = {"values": [{"objective": name, "value": value}
                                            for name, value in values.items()]}${metricLines(task)}
        except Exception as error:
            report["outcome"] = {"failure": {"reason": str(error)}}
        finally:
            done.set()
        try:
            told = call("""mutation($input: TellInput!) { tell(input: $input) { receipt } }""",
                input={"trialId": trial["id"], "leaseToken": trial["lease"]["token"], **report})
            print(trial["id"], told["tell"]["receipt"])
        except RuntimeError as error:  # the lease was lost, and nothing was measured
            print(trial["id"], error)`,

  curl: (task, url) => `# ask for the next point; wait up to 30 seconds for one
curl -s ${url} -H 'content-type: application/json' -d '{
  "query": "mutation($input: AskInput!) { ask(input: $input) { trials { id point lease { token expiresAt } } } }",
  "variables": {"input": {"taskId": "${task.id}", "worker": "me",
                          "leaseSeconds": 3600, "waitSeconds": 30}}
}'

# for longer than the lease: say that you are still at it
curl -s ${url} -H 'content-type: application/json' -d '{
  "query": "mutation($input: HeartbeatInput!) { heartbeat(input: $input) { leases { verdict expiresAt reason } } }",
  "variables": {"input": {"leases": [{"trialId": "${task.id}:1", "token": 1}],
                          "leaseSeconds": 3600}}
}'

# tell the result, with the trial's id and the lease's token from above
curl -s ${url} -H 'content-type: application/json' -d '{
  "query": "mutation($input: TellInput!) { tell(input: $input) { receipt trial { state } } }",
  "variables": {"input": {"trialId": "${task.id}:1", "leaseToken": 1, "outcome": {"values": [
    ${objectiveNames(task)
      .map((name) => `{"objective": ${JSON.stringify(name)}, "value": 0.0}`)
      .join(', ')}
  ]}${curlMetrics(task)}}}
}'`,
}

function objectiveNames(task: ScriptTask): string[] {
  return task.objectives.length > 0 ? task.objectives.map(({ name }) => name) : ['value']
}

/** A constraint on a metric needs that metric with every result. */
function metricList(task: ScriptTask): string | undefined {
  const metrics = neededMetrics(task).map((name) => `{"name": ${JSON.stringify(name)}, "value": 0.0}`)
  return metrics.length === 0 ? undefined : `[${metrics.join(', ')}]`
}

function metricLines(task: ScriptTask): string {
  const list = metricList(task)
  return list === undefined ? '' : `\n            report["metrics"] = ${list}  # as measured`
}

function curlMetrics(task: ScriptTask): string {
  const list = metricList(task)
  return list === undefined ? '' : `, "metrics": ${list}`
}
