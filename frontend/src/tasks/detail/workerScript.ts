import type { TaskDetailFragment } from '../../gql/graphql'

export type Language = 'python' | 'curl'

export const languageLabels: Readonly<Record<Language, string>> = { python: 'Python', curl: 'curl' }

type ScriptTask = Pick<TaskDetailFragment, 'id' | 'objectives'>

/** A complete worker for this very task, with nothing to fill in but the experiment itself. */
export function workerScript(language: Language, task: ScriptTask, origin: string): string {
  return scripts[language](task, `${origin}/graphql`)
}

const scripts: Readonly<Record<Language, (task: ScriptTask, url: string) => string>> = {
  python: (task, url) => `import json, time, urllib.request

def call(query, **variables):
    request = urllib.request.Request(
        "${url}",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        body = json.load(response)
    if body.get("errors"):
        raise RuntimeError(body["errors"][0]["message"])
    return body["data"]

def evaluate(point):
    ...  # run the experiment at this point and measure
    return {${objectiveNames(task)
      .map((name) => `${JSON.stringify(name)}: 0.0`)
      .join(', ')}}

while True:
    trials = call("""mutation($task: ID!) {
      ask(input: {taskId: $task, worker: "worker-1"}) { trials { id point } }
    }""", task="${task.id}")["ask"]["trials"]
    if not trials:
        time.sleep(5)
    for trial in trials:
        try:
            outcome = {"values": [{"objective": name, "value": value}
                                  for name, value in evaluate(trial["point"]).items()]}
        except Exception as error:
            outcome = {"failure": {"reason": str(error)}}
        call("""mutation($trial: ID!, $outcome: TellOutcome!) {
          tell(input: {trialId: $trial, outcome: $outcome}) { trial { state } }
        }""", trial=trial["id"], outcome=outcome)`,

  curl: (task, url) => `# ask for the next point
curl -s ${url} -H 'content-type: application/json' -d '{
  "query": "mutation($task: ID!) { ask(input: {taskId: $task}) { trials { id point } } }",
  "variables": {"task": "${task.id}"}
}'

# tell the result, with the trial's id from above
curl -s ${url} -H 'content-type: application/json' -d '{
  "query": "mutation($input: TellInput!) { tell(input: $input) { trial { state } } }",
  "variables": {"input": {"trialId": "${task.id}:1", "outcome": {"values": [
    ${objectiveNames(task)
      .map((name) => `{"objective": ${JSON.stringify(name)}, "value": 0.0}`)
      .join(', ')}
  ]}}}
}'`,
}

function objectiveNames(task: ScriptTask): string[] {
  return task.objectives.length > 0 ? task.objectives.map(({ name }) => name) : ['value']
}
