internal import Linux
internal import Record

/// An expression over scenarios: words that ids contain or that are tags, with `and`, `or`, `not` and parentheses.
indirect enum Filter {
    case word(String)
    case not(Filter)
    case all([Filter])
    case any([Filter])

    /// Throws a complaint that says what is wrong.
    init(_ text: String) throws {
        var parser = Parser(text)
        self = try parser.whole()
    }

    func matches(_ scenario: ScenarioDescription) -> Bool {
        switch self {
        case .word(let word):
            scenario.tags.contains(word) || scenario.id.contains(word) || scenario.id.matches(glob: word)
        case .not(let filter): !filter.matches(scenario)
        case .all(let filters): filters.allSatisfy { $0.matches(scenario) }
        case .any(let filters): filters.contains { $0.matches(scenario) }
        }
    }

    private struct Parser {
        private let text: String
        private var tokens: ArraySlice<String>
        private var depth = 0

        init(_ text: String) {
            self.text = text
            let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
            tokens = spaced.split(separator: " ").map(String.init)[...]
        }

        mutating func whole() throws -> Filter {
            let filter = try alternatives()
            if let rest = tokens.first { throw fault("nothing can follow there: '\(rest)'") }
            return filter
        }

        private mutating func alternatives() throws -> Filter {
            var filters = [try conjunction()]
            while tokens.first == "or" {
                tokens.removeFirst()
                filters.append(try conjunction())
            }
            return filters.count == 1 ? filters[0] : .any(filters)
        }

        private mutating func conjunction() throws -> Filter {
            var filters = [try operand()]
            while tokens.first == "and" {
                tokens.removeFirst()
                filters.append(try operand())
            }
            return filters.count == 1 ? filters[0] : .all(filters)
        }

        private mutating func operand() throws -> Filter {
            guard let token = tokens.popFirst() else { throw fault("a word is missing at its end") }
            // Nobody writes that; a text that is nothing but parentheses must not exhaust the stack.
            depth += 1
            defer { depth -= 1 }
            guard depth < 100 else { throw fault("it is nested too deeply") }
            switch token {
            case "not": return .not(try operand())
            case "(":
                let inner = try alternatives()
                guard tokens.popFirst() == ")" else { throw fault("a ')' is missing") }
                return inner
            case ")", "and", "or": throw fault("a word is missing before '\(token)'")
            default: return .word(token)
            }
        }

        private func fault(_ words: String) -> Complaint { Complaint("-k '\(text)': \(words)") }
    }
}
