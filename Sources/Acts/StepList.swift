package import Record
internal import Synchronization

/// Takes down the steps of a scenario without a kernel: nothing is done, and what is in a step is left out.
package final class StepList: Executor {
    package let lane: Lane
    private let steps = Mutex<[String]>([])

    private init(lane: Lane) { self.lane = lane }

    /// The steps that a scenario says it has.
    package static func steps(of scenario: String, lane: Lane, _ body: () throws -> Void) -> [String] {
        let list = StepList(lane: lane)
        do {
            try Attempting.$executor.withValue(list, operation: body)
        } catch {
            fatalError("\(scenario) takes a value outside of its steps, so nobody can tell its steps beforehand")
        }
        return list.steps.withLock { $0 }
    }

    package func step(_ words: String, _ body: () throws -> Void) rethrows { announce(words) }
    package func announce(_ words: String) { steps.withLock { $0.append(words) } }

    package func perform(_ act: Act, at location: SourceLocation) {
        // A chapter is in the list of steps too.
        if case .attempt(.chapter(let words)) = act { announce("\(words):") }
    }

    package func result(of act: Act, at location: SourceLocation) throws -> Int64 { throw NotPerformed() }
    package func name(_ label: String) -> String { label }
    package func ask<Value>(_ question: (any Laboratory) throws -> Value) throws -> Value { throw NotPerformed() }

    /// There is no value to give: nothing is performed.
    private struct NotPerformed: Error {}
}
