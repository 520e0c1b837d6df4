/// What a scenario starts from, so that who performs its acts again starts from the same.
package struct ScenarioSetting: Codable, Equatable, Sendable {
    /// What lies between the hosts, in a sequence's words: `relay`, `impaired delay 50ms loss 1%`.
    package var link: String
    package var isAlone: Bool
    package var isOverIPv6: Bool
    package var restsOnPaths: Bool
    /// Changes to what both hosts start from.
    package var sysctls: [String: String]

    package init(link: String, isAlone: Bool, isOverIPv6: Bool, restsOnPaths: Bool, sysctls: [String: String]) {
        self.link = link
        self.isAlone = isAlone
        self.isOverIPv6 = isOverIPv6
        self.restsOnPaths = restsOnPaths
        self.sysctls = sysctls
    }
}
