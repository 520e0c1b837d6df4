internal import Acts
internal import Lab
internal import Linux
internal import Packets
internal import Record

/// Performs the acts of one attempt.
///
/// An attempt that has stopped (a requirement was not met, something was missing) ignores the acts that follow. So an
/// act needs no `try`; only who wants a value out of the attempt must be ready to hear that there is none.
///
/// It lives on one thread, like its laboratory.
final class Performer: Executor, @unchecked Sendable {
    let lab: Lab
    let lane: Lane
    /// What has ended the attempt before its last line.
    private(set) var stop: (any Error)?
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
    /// Those that the present chapter has given.
    private var chapterNames: Set<String> = []

    private init(_ lab: Lab, announced: [String]) {
        self.lab = lab
        lane = lab.configuration.lane
        self.announced = Set(announced)
    }

    /// Runs a scenario in a laboratory.
    static func run(_ scenario: Scenario, in lab: Lab) throws {
        let performer = Performer(lab, announced: scenario.steps(lab.configuration.lane))
        do {
            try Attempting.$executor.withValue(performer, operation: scenario.body)
        } catch {
            throw performer.stop ?? error
        }
        if let stop = performer.stop { throw stop }
    }

    // MARK: Steps and acts

    func step(_ words: String, _ body: () throws -> Void) rethrows {
        announce(words)
        guard stop == nil else { return }
        guard !isInStep else { return halt(ScenarioStop.harness("step \"\(words)\" is inside another")) }
        attempt { try lab.beginStep(words) }
        isInStep = true
        defer { isInStep = false }
        try body()
        attempt { try lab.endStep() }
    }

    func announce(_ words: String) {
        guard stop == nil, !announced.contains(words) else { return }
        halt(ScenarioStop.harness("step \"\(words)\" was not announced: it depends on what the kernel does"))
    }

    func perform(_ act: Act, at location: SourceLocation) {
        _ = try? result(of: act, at: location)
    }

    func result(of act: Act, at location: SourceLocation) throws -> Int64 {
        // A chapter is in the list of steps too, unless one of them has it for itself.
        if case .attempt(.chapter(let words)) = act, !isInStep { announce("\(words):") }
        if let stop { throw stop }
        followChapters(act)
        do {
            lab.actLocation = location.words
            lab.record(act: .value(act), location: location.words)
            return try perform(act, lab, location)
        } catch {
            halt(error)
            throw error
        }
    }

    /// Asks something; a stop of the laboratory is one of the attempt.
    func ask<Value>(_ question: (any Laboratory) throws -> Value) throws -> Value {
        if let stop { throw stop }
        do {
            return try question(self)
        } catch {
            halt(error)
            throw error
        }
    }

    private func attempt(_ body: () throws -> Void) {
        guard stop == nil else { return }
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

    func name(_ label: String) -> String {
        var name = label
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(label) \(number)"
        }
        chapterNames.insert(name)
        return name
    }

    /// Begins a chapter, or takes back the one that has shown nothing: nobody compares it, so its names are free for the
    /// next try, which is then called the same however many there were before it.
    private func followChapters(_ act: Act) {
        guard case .attempt(let act) = act else { return }
        if case .void = act { names.subtract(chapterNames) }
        switch act {
        case .chapter, .void: chapterNames = []
        default: break
        }
    }

    func find<Value>(_ name: String, in table: [String: Value]) throws -> Value {
        guard let value = table[name] else { throw ScenarioStop.harness("nothing is called \"\(name)\"") }
        return value
    }

    func socket(_ name: String) throws -> LabSocket { try find(name, in: sockets) }

    func segment(_ name: String) throws -> WireSegment { try find(name, in: segments) }

    /// When something was, as far as it is known.
    func moment(_ name: String) throws -> ClosedRange<Instant> {
        if let moment = moments[name] { return moment }
        let stamp = try segment(name).stamp
        return stamp...stamp
    }

    func remember(_ moment: ClosedRange<Instant>, as name: String) { moments[name] = moment }
    func remember(_ segment: WireSegment, as name: String) { segments[name] = segment }

    func rule(_ name: String) throws -> WireRule { try find(name, in: rules) }
    func call(_ name: String) throws -> PendingCall { try find(name, in: calls) }
    func process(_ name: String) throws -> WorkerProcess { try find(name, in: processes) }

    func host(_ name: HostName, _ lab: Lab) -> LabHost { name == .a ? lab.a : lab.b }

    func address(_ endpoint: Endpoint, _ lab: Lab) throws -> SocketAddress {
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
