//! Which column holds which parameter or objective.

use crate::{
    Table,
    column::{Column, Domain, LeaveOut},
    names::{exact, folded, is_failure, without_brackets, without_deviation},
    notice::{Answers, Notice, NoticeCode, Question, QuestionCode, Reading, quote},
    value::Value,
};

/// What a table is read for: the names of a task, or of a task to be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// Parameters. `None`: every column that is not left out is one.
    pub parameters: Option<Vec<Parameter>>,
    /// Names of the objectives.
    pub objectives: Vec<String>,
    /// Names of metrics that constraints need.
    pub metrics: Vec<String>,
}

/// A parameter that a column may hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Values that it takes.
    pub kind: ParameterKind,
    /// It exists only for some values of others: a row may have no value.
    pub optional: bool,
}

/// Values that a parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterKind {
    /// Whole numbers.
    Integer {
        /// Smallest value of proposals.
        low: f64,
        /// Largest value of proposals.
        high: f64,
    },
    /// Numbers.
    Number {
        /// Smallest value of proposals.
        low: f64,
        /// Largest value of proposals.
        high: f64,
    },
    /// One of these.
    Choices(Vec<Value>),
}

/// What a column is used for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing.
    LeaveOut,
    /// Values of the parameter of this name.
    Parameter(String),
    /// Values of the objective of this name.
    Objective(String),
    /// Standard deviations of the objective of this name.
    Deviation(String),
    /// Values of the metric of this name.
    Metric(String),
    /// Why an evaluation failed; blank where it did not.
    FailureReason,
    /// A note that is kept with the result, under this name.
    Metadata(String),
}

/// Makes a role of a name.
type MakeRole = fn(String) -> Role;

impl Role {
    /// Value of the answer to [`QuestionCode::Role`]: `leave-out`, `failure`, `parameter:NAME`, `objective:NAME`,
    /// `deviation:NAME`, `metric:NAME`, `metadata:NAME`.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::LeaveOut => "leave-out".to_owned(),
            Self::FailureReason => "failure".to_owned(),
            Self::Parameter(name) => format!("parameter:{name}"),
            Self::Objective(name) => format!("objective:{name}"),
            Self::Deviation(name) => format!("deviation:{name}"),
            Self::Metric(name) => format!("metric:{name}"),
            Self::Metadata(name) => format!("metadata:{name}"),
        }
    }

    /// The role that a value names. `None` if it names none.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        match value {
            "leave-out" => return Some(Self::LeaveOut),
            "failure" => return Some(Self::FailureReason),
            _ => {}
        }
        let (role, name) = value.split_once(':')?;
        let name = name.to_owned();
        let roles: [(&str, MakeRole); 5] = [
            ("parameter", Self::Parameter),
            ("objective", Self::Objective),
            ("deviation", Self::Deviation),
            ("metric", Self::Metric),
            ("metadata", Self::Metadata),
        ];
        let found = roles.into_iter().find(|(word, _)| *word == role && !name.is_empty());
        found.map(|(_, make)| make(name))
    }

    /// At most one column has it.
    const fn is_single(&self) -> bool {
        match self {
            Self::LeaveOut | Self::Metadata(_) | Self::Metric(_) => false,
            Self::Parameter(_) | Self::Objective(_) | Self::Deviation(_) | Self::FailureReason => {
                true
            }
        }
    }
}

/// The roles of all columns.
pub(crate) struct Assigned {
    /// One role for each column.
    pub(crate) roles: Vec<Role>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) questions: Vec<Question>,
}

pub(crate) fn assign(table: &Table, schema: &Schema, answers: &Answers) -> Assigned {
    let mut assigning = Assigning {
        table,
        schema,
        roles: vec![None; table.columns.len()],
        chosen: vec![false; table.columns.len()],
        notices: Vec::new(),
        questions: Vec::new(),
    };
    assigning.take_answers(answers);
    assigning.match_titles();
    assigning.finish()
}

struct Assigning<'a> {
    table: &'a Table,
    schema: &'a Schema,
    roles: Vec<Option<Role>>,
    /// The role is an answer.
    chosen: Vec<bool>,
    notices: Vec<Notice>,
    questions: Vec<Question>,
}

impl Assigning<'_> {
    fn take_answers(&mut self, answers: &Answers) {
        for index in 0..self.roles.len() {
            let is_ours =
                |a: &&crate::Answer| a.question == QuestionCode::Role && a.column == Some(index);
            let answer = answers.0.iter().rev().find(is_ours);
            let Some(role) = answer.and_then(|answer| Role::from_value(&answer.reading)) else {
                continue;
            };
            if !self.is_possible(&role) {
                let message =
                    format!("The role {} is none that this task has.", quote(&role.value()));
                self.notices.push(Notice::new(NoticeCode::UnknownAnswer, message).in_column(index));
                continue;
            }
            self.roles[index] = Some(role);
            self.chosen[index] = true;
        }
    }

    fn is_possible(&self, role: &Role) -> bool {
        match role {
            Role::Parameter(name) => match &self.schema.parameters {
                Some(parameters) => parameters.iter().any(|parameter| parameter.name == *name),
                None => true,
            },
            Role::Objective(name) | Role::Deviation(name) => self.schema.objectives.contains(name),
            Role::LeaveOut | Role::FailureReason | Role::Metric(_) | Role::Metadata(_) => true,
        }
    }

    /// Every role that a title may give, in the order in which titles are compared: exactly as written first, then
    /// without case and unit, then without what is in brackets.
    fn match_titles(&mut self) {
        let mut wanted: Vec<(String, Role)> = Vec::new();
        for parameter in self.schema.parameters.iter().flatten() {
            wanted.push((parameter.name.clone(), Role::Parameter(parameter.name.clone())));
        }
        for name in &self.schema.objectives {
            wanted.push((name.clone(), Role::Objective(name.clone())));
        }
        for name in &self.schema.metrics {
            wanted.push((name.clone(), Role::Metric(name.clone())));
        }
        for key in [exact, folded, without_brackets] {
            self.match_by(&wanted, key);
        }
        self.match_deviations();
    }

    fn match_by(&mut self, wanted: &[(String, Role)], key: fn(&str) -> String) {
        // Two names that fold to the same are not told apart by it.
        let open: Vec<&(String, Role)> =
            wanted.iter().filter(|(_, role)| !self.roles.contains(&Some(role.clone()))).collect();
        for (name, role) in &open {
            let folded = key(name);
            if folded.is_empty() || self.is_asked(role) {
                continue;
            }
            let rivals = open.iter().filter(|(other, _)| key(other) == folded).count();
            let columns: Vec<usize> =
                self.free().filter(|c| self.title_keys(*c, key).contains(&folded)).collect();
            match columns.as_slice() {
                [] => {}
                [one] if rivals == 1 => self.roles[*one] = Some(role.clone()),
                several => {
                    let several = several.to_vec();
                    self.ask_which(role, &several);
                }
            }
        }
    }

    fn title_keys(&self, index: usize, key: fn(&str) -> String) -> [String; 2] {
        let column = &self.table.columns[index];
        // Exactly is as written, or without the unit.
        [key(&column.title), key(&column.name)]
    }

    fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.roles.len())
            .filter(|index| self.roles[*index].is_none() && self.table.columns[*index].titled)
    }

    fn is_asked(&self, role: &Role) -> bool {
        let value = role.value();
        self.questions.iter().any(|q| q.readings.iter().any(|reading| reading.value == value))
    }

    /// Several columns may hold the same: each is asked.
    fn ask_which(&mut self, role: &Role, columns: &[usize]) {
        let titles: Vec<String> = columns
            .iter()
            .map(|c| format!("“{}” (column {})", self.table.columns[*c].title, c + 1))
            .collect();
        let name = name_of(role);
        let names = titles.join(" and ");
        for column in columns {
            let message = match titles.len() {
                1 => format!("Does {names} hold {name}? Several names are alike."),
                _ => format!("Which of {names} holds {name}?"),
            };
            self.questions.push(Question {
                code: QuestionCode::Role,
                column: Some(*column),
                message,
                lines: Vec::new(),
                readings: self.readings_of(role, *column),
            });
        }
    }

    fn readings_of(&self, role: &Role, column: usize) -> Vec<Reading> {
        let mut readings = vec![Reading::new(role.value(), format!("it holds {}", name_of(role)))];
        if let (None, Role::Parameter(name)) = (&self.schema.parameters, role) {
            let own = Role::Parameter(format!("{name} (column {})", column + 1));
            readings.push(Reading::new(own.value(), format!("it is {} of its own", name_of(&own))));
        }
        readings.push(Reading::new(Role::LeaveOut.value(), "leave it out"));
        readings
    }

    /// `yield_sd`, `± yield`; and a column of reasons why evaluations failed.
    fn match_deviations(&mut self) {
        for index in self.free().collect::<Vec<_>>() {
            let name = &self.table.columns[index].name;
            let role = if let Some(bare) = without_deviation(name) {
                let of = self.schema.objectives.iter().find(|o| folded(o) == bare);
                of.map(|objective| Role::Deviation(objective.clone()))
            } else {
                is_failure(name).then_some(Role::FailureReason)
            };
            if let Some(role) = role
                && !self.roles.contains(&Some(role.clone()))
            {
                self.roles[index] = Some(role);
            }
        }
    }

    fn finish(mut self) -> Assigned {
        self.tell_doubles();
        let columns = &self.table.columns;
        let mut roles = Vec::with_capacity(columns.len());
        for column in columns {
            let found = self.roles[column.index].clone();
            let role = found.unwrap_or_else(|| self.unmatched(column));
            if let (
                Role::Parameter(_) | Role::Objective(_) | Role::Deviation(_) | Role::Metric(_),
                false,
            ) = (&role, self.chosen[column.index])
                && self.schema.parameters.is_some()
                && name_without_quotes(&role) != column.title
            {
                let message = format!("“{}” is read as {}.", column.title, name_of(&role));
                self.notices
                    .push(Notice::new(NoticeCode::ColumnRole, message).in_column(column.index));
            }
            roles.push(role);
        }
        Assigned { roles, notices: self.notices, questions: self.questions }
    }

    /// A column that no title gives a role.
    fn unmatched(&mut self, column: &Column) -> Role {
        let asked = self
            .questions
            .iter()
            .any(|q| q.code == QuestionCode::Role && q.column == Some(column.index));
        if asked {
            return Role::LeaveOut;
        }
        let why = match (&self.schema.parameters, column.leave_out) {
            (None, None) => {
                let role = Role::Parameter(column.title.clone());
                if !self.roles.contains(&Some(role.clone())) {
                    return role;
                }
                "another column holds this parameter"
            }
            (_, Some(LeaveOut::Empty)) => {
                return Role::LeaveOut;
            }
            (None, Some(why)) => why.why(),
            (Some(_), _) => "the task has nothing of this name",
        };
        let constant =
            column.leave_out == Some(LeaveOut::Constant) && self.schema.parameters.is_none();
        let message = match &column.domain {
            Some(Domain::Choices(values)) if constant && values.len() == 1 => {
                format!("“{}” is left out: {why}, {}.", column.title, quote(&values[0].to_string()))
            }
            Some(Domain::Number { low, .. }) if constant => {
                format!("“{}” is left out: {why}, {low}.", column.title)
            }
            Some(Domain::Integer { low, .. }) if constant => {
                format!("“{}” is left out: {why}, {low}.", column.title)
            }
            _ => format!("“{}” is left out: {why}.", column.title),
        };
        let code = if constant { NoticeCode::ConstantColumn } else { NoticeCode::LeftOutColumn };
        self.notices.push(Notice::new(code, message).in_column(column.index));
        Role::LeaveOut
    }

    /// A role that was chosen for several columns.
    fn tell_doubles(&mut self) {
        for index in 0..self.roles.len() {
            let Some(role) = self.roles[index].clone().filter(Role::is_single) else { continue };
            let earlier = (0..index).find(|other| self.roles[*other].as_ref() == Some(&role));
            if let Some(earlier) = earlier {
                self.roles[earlier] = None;
                self.ask_which(&role, &[earlier, index]);
                self.roles[earlier] = Some(Role::LeaveOut);
                self.roles[index] = Some(Role::LeaveOut);
            }
        }
        // Columns with the same title cannot both become parameters.
        if self.schema.parameters.is_none() {
            self.ask_about_same_titles();
        }
    }

    fn ask_about_same_titles(&mut self) {
        let mut seen: Vec<(String, usize)> = Vec::new();
        for index in self.free().collect::<Vec<_>>() {
            let column = &self.table.columns[index];
            if column.leave_out.is_some() {
                continue;
            }
            let title = column.title.clone();
            match seen.iter().find(|(other, _)| *other == title) {
                Some((_, first)) => {
                    let role = Role::Parameter(title);
                    if !self.is_asked(&role) {
                        let first = *first;
                        let same: Vec<usize> = self
                            .free()
                            .filter(|i| {
                                self.table.columns[*i].title == self.table.columns[first].title
                            })
                            .collect();
                        self.ask_which(&role, &same);
                    }
                }
                None => seen.push((title, index)),
            }
        }
    }
}

pub(crate) fn name_of(role: &Role) -> String {
    match role {
        Role::LeaveOut => "nothing".to_owned(),
        Role::Parameter(name) => format!("the parameter “{name}”"),
        Role::Objective(name) => format!("the objective “{name}”"),
        Role::Deviation(name) => format!("the standard deviation of “{name}”"),
        Role::Metric(name) => format!("the metric “{name}”"),
        Role::FailureReason => "why an evaluation failed".to_owned(),
        Role::Metadata(name) => format!("the note “{name}”"),
    }
}

fn name_without_quotes(role: &Role) -> &str {
    match role {
        Role::Parameter(name)
        | Role::Objective(name)
        | Role::Deviation(name)
        | Role::Metric(name)
        | Role::Metadata(name) => name,
        Role::LeaveOut | Role::FailureReason => "",
    }
}
