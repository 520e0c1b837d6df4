package import Lab
package import Linux
internal import Packets
package import Record

/// Performs the acts of one attempt, or only takes down its steps.
///
/// An attempt that has stopped (a requirement was not met, something was missing) ignores the acts that follow. So an
/// act needs no `try`; only who wants a value out of the attempt must be ready to hear that there is none.
///
/// It lives on one thread, like its laboratory.
package final class Performer: @unchecked Sendable {
    /// The attempt that the calling thread is at.
    @TaskLocal package static var current: Performer?

    /// Nil where only the steps are wanted.
    let lab: Lab?
    package let lane: Lane
    /// What has ended the attempt before its last line.
    private(set) var stop: (any Error)?
    /// The steps so far, in words.
    package private(set) var steps: [String] = []
    /// The steps that were announced, which those of the attempt must be among.
    private let announced: Set<String>
    private var isInStep = false

    var sockets: [String: LabSocket] = [:]
    var processes: [String: WorkerProcess] = [:]
    var calls: [String: PendingCall] = [:]
    var rules: [String: WireRule] = [:]
    var segments: [String: WireSegment] = [:]
    var moments: [String: ClosedRange<Instant>] = [:]
    /// Places in the wire's log.
    var places: [String: Int] = [:]
    private var names: Set<String> = []

    private init(_ lab: Lab?, lane: Lane, announced: [String]) {
        self.lab = lab
        self.lane = lane
        self.announced = Set(announced)
    }

    // MARK: A whole attempt

    /// The steps that a scenario says it has, without a kernel: nothing is done, and what is in a step is left out.
    package static func steps(of scenario: String, lane: Lane, _ body: () throws -> Void) -> [String] {
        let performer = Performer(nil, lane: lane, announced: [])
        do {
            try $current.withValue(performer, operation: body)
        } catch {
            fatalError("\(scenario) takes a value outside of its steps, so nobody can tell its steps beforehand")
        }
        return performer.steps
    }

    /// Runs a scenario's body in a laboratory.
    package static func run(_ lab: Lab, announced: [String], _ body: () throws -> Void) throws {
        let performer = Performer(lab, lane: lab.configuration.lane, announced: announced)
        do {
            try $current.withValue(performer, operation: body)
        } catch {
            throw performer.stop ?? error
        }
        if let stop = performer.stop { throw stop }
    }

    // MARK: Steps and acts

    /// Begins a step, does what is in it, and ends it.
    package func step(_ words: String, _ body: () throws -> Void) rethrows {
        announce(words)
        guard let lab, stop == nil else { return }
        guard !isInStep else { return halt(ScenarioStop.harness("step \"\(words)\" is inside another")) }
        attempt { try lab.beginStep(words) }
        isInStep = true
        defer { isInStep = false }
        try body()
        attempt { try lab.endStep() }
    }

    /// Adds words to the list of steps.
    package func announce(_ words: String) {
        steps.append(words)
        guard lab != nil, stop == nil, !announced.contains(words) else { return }
        halt(ScenarioStop.harness("step \"\(words)\" was not announced: it depends on what the kernel does"))
    }

    /// Performs an act, unless the attempt has stopped.
    package func perform(_ act: Act, at location: SourceLocation) {
        _ = try? result(of: act, at: location)
    }

    /// Performs an act that gives a number; throws where the attempt has stopped.
    @discardableResult
    package func result(of act: Act, at location: SourceLocation) throws -> Int64 {
        // A chapter is in the list of steps too, unless one of them has it for itself.
        if case .attempt(.chapter(let words)) = act, !isInStep { announce("\(words):") }
        let lab = try laboratory()
        do {
            lab.record(act: .value(act), location: location.words)
            return try perform(act, lab, location)
        } catch {
            halt(error)
            throw error
        }
    }

    /// The laboratory, for who looks at something; throws where the attempt has stopped.
    package func laboratory() throws -> Lab {
        if let stop { throw stop }
        guard let lab else { throw ScenarioStop.harness("nothing is looked at while the steps are taken down") }
        return lab
    }

    /// Looks at something; a stop of the laboratory is one of the attempt.
    package func look<Value>(_ body: (Lab) throws -> Value) throws -> Value {
        let lab = try laboratory()
        do {
            return try body(lab)
        } catch {
            halt(error)
            throw error
        }
    }

    private func attempt(_ body: () throws -> Void) {
        guard lab != nil, stop == nil else { return }
        do { try body() } catch { halt(error) }
    }

    private func halt(_ error: any Error) { if stop == nil { stop = error } }

    private func perform(_ act: Act, _ lab: Lab, _ location: SourceLocation) throws -> Int64 {
        switch act {
        case .socket(let name, let act): return try perform(act, on: try socket(name), lab, location)
        case .call(let name, let act): try perform(act, on: try find(name, in: calls), lab, location)
        case .process(let name, let act): return try perform(act, name, lab, location)
        case .host(let name, let act): try perform(act, on: host(name, lab), lab, location)
        case .wire(let act): try perform(act, lab, location)
        case .attempt(let act): try perform(act, lab, location)
        }
        return 0
    }

    // MARK: Names

    /// A name nobody has yet: `client`, then `client 2`.
    package func name(_ label: String) -> String {
        var name = label
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(label) \(number)"
        }
        return name
    }

    func find<Value>(_ name: String, in table: [String: Value]) throws -> Value {
        guard let value = table[name] else { throw ScenarioStop.harness("nothing is called \"\(name)\"") }
        return value
    }

    package func socket(_ name: String) throws -> LabSocket { try find(name, in: sockets) }

    package func segment(_ name: String) throws -> WireSegment { try find(name, in: segments) }

    /// When something was, as far as it is known.
    package func moment(_ name: String) throws -> ClosedRange<Instant> {
        if let moment = moments[name] { return moment }
        let stamp = try segment(name).stamp
        return stamp...stamp
    }

    package func remember(_ moment: ClosedRange<Instant>, as name: String) { moments[name] = moment }
    package func remember(_ segment: WireSegment, as name: String) { segments[name] = segment }

    package func rule(_ name: String) throws -> WireRule { try find(name, in: rules) }
    package func call(_ name: String) throws -> PendingCall { try find(name, in: calls) }
    package func process(_ name: String) throws -> WorkerProcess { try find(name, in: processes) }

    package func host(_ name: HostName, _ lab: Lab) -> LabHost { name == .a ? lab.a : lab.b }

    package func address(_ endpoint: Endpoint, _ lab: Lab) throws -> SocketAddress {
        switch endpoint {
        case .host(let name, let port): SocketAddress(host(name, lab).ip, port)
        case .hostV4(let name, let port): SocketAddress(host(name, lab).ip4, port)
        case .hostV6(let name, let port): SocketAddress(host(name, lab).ip6, port)
        case .hostMapped(let name, let port): SocketAddress(host(name, lab).ip4.mapped, port)
        case .any(let port): SocketAddress(.anyV4, port)
        case .anyV6(let port): SocketAddress(.anyV6, port)
        case .loopback(let port): SocketAddress(IPAddress(127, 0, 0, 1), port)
        case .loopbackV6(let port): SocketAddress(IPAddress("::1")!, port)
        case .address(let text, let port): SocketAddress(try ipAddress(text), port)
        case .local(let name): try known(try socket(name).local, name)
        case .remote(let name): try known(try socket(name).remote, name)
        case .sender(let name): try segment(name).segment.source
        case .receiver(let name): try segment(name).segment.destination
        }
    }

    /// The host whose address it is.
    func host(of endpoint: Endpoint) throws -> HostName {
        switch endpoint {
        case .host(let name, _), .hostV4(let name, _), .hostV6(let name, _), .hostMapped(let name, _): name
        case .local(let name): try socket(name).host.name
        case .remote(let name): try socket(name).host.peer.name
        case .sender(let name): try segment(name).from
        case .receiver(let name): try segment(name).from.other
        case .any, .anyV6, .loopback, .loopbackV6, .address:
            throw ScenarioStop.harness("nothing can be forged to \(endpoint): it is neither host's alone")
        }
    }

    func known(_ address: SocketAddress?, _ name: String) throws -> SocketAddress {
        guard let address else { throw ScenarioStop.harness("\(name) has no address yet") }
        return address
    }

    /// `192.0.2.9`
    func ipAddress(_ text: String) throws -> IPAddress {
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        guard bytes.count == 4 else { throw ScenarioStop.harness("\"\(text)\" is no IPv4 address") }
        return IPAddress(bytes: bytes)
    }
}
