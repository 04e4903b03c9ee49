"""Each built-in command declares the documented parameters, and takes them as documented."""

import pytest

from tests.emulator_module.shell import Shell

IDENTITIES = (
    "ExternalDirectoryObjectId Guid ~ ;PrimarySmtpAddress String ~ ;UserPrincipalName String ~ ;"
)
SIGN_IN = (
    "AccessToken String;AppId String;BypassMailboxAnchoring SwitchParameter;"
    "Certificate X509Certificate2;CertificateFilePath String;CertificatePassword SecureString;"
    "Credential PSCredential;DisableWAM SwitchParameter;EnableErrorReporting SwitchParameter;"
    "EXOModuleBasePath String;LogDirectoryPath String;LogLevel LogLevel;Organization String;"
    "ShowBanner SwitchParameter;UserPrincipalName String;UseRPSSession SwitchParameter;"
)
LISTED = (
    "Anr String;Filter String;OrganizationalUnit String;Properties String[];"
    "PropertySets String[];ResultSize Object;"
)
# Name, type, position; ~ is the pipeline by property name, ~~ also by value.
DECLARED = {
    "Connect-ExchangeOnline": SIGN_IN
    + "ConnectionUri String 0;AzureADAuthorizationEndpointUri String 1;"
    "ExchangeEnvironmentName ExchangeEnvironment 2;PSSessionOption PSSessionOption 3;"
    "DelegatedOrganization String 4;Prefix String 5;CommandName String[] 6;"
    "FormatTypeName String[] 7;Device SwitchParameter;InlineCredential SwitchParameter;"
    "LoadCmdletHelp SwitchParameter;ManagedIdentity SwitchParameter;"
    "ManagedIdentityAccountId String;PageSize UInt32;ShowProgress Boolean;"
    "SigningCertificate X509Certificate2;SkipLoadingCmdletHelp SwitchParameter;"
    "SkipLoadingFormatData SwitchParameter;TrackPerformance Boolean;UseMultithreading Boolean;",
    "Connect-IPPSSession": SIGN_IN
    + "ConnectionUri String 0;AzureADAuthorizationEndpointUri String 1;"
    "DelegatedOrganization String 2;PSSessionOption PSSessionOption 3;Prefix String 4;"
    "CommandName String[] 5;FormatTypeName String[] 6;EnableSearchOnlySession SwitchParameter;",
    "Disconnect-ExchangeOnline": "Confirm SwitchParameter;WhatIf SwitchParameter;"
    "ConnectionId String[] ~ ;ModulePrefix String[];",
    "Get-ConnectionInformation": "ConnectionId String[];ModulePrefix String[];",
    "Get-EXOMailbox": IDENTITIES
    + LISTED
    + "Identity String 0 ~~;Archive SwitchParameter;Async SwitchParameter;"
    "GroupMailbox SwitchParameter;InactiveMailboxOnly SwitchParameter;"
    "IncludeInactiveMailbox SwitchParameter;MailboxPlan String;Migration SwitchParameter;"
    "PublicFolder SwitchParameter;RecipientTypeDetails String[];"
    "SoftDeletedMailbox SwitchParameter;",
    "Get-EXOCasMailbox": IDENTITIES
    + LISTED
    + "Identity String 0 ~~;ActiveSyncDebugLogging SwitchParameter;"
    "GetImapProtocolLog SwitchParameter;GetPopProtocolLog SwitchParameter;"
    "IgnoreDefaultScope SwitchParameter;ProtocolSettings SwitchParameter;"
    "ReadIsOptimizedForAccessibility SwitchParameter;SendLogsTo String[];",
    "Get-EXORecipient": IDENTITIES
    + LISTED
    + "Identity String 0 ~~;IncludeSoftDeletedRecipients SwitchParameter;"
    "RecipientPreviewFilter String;RecipientType String[];RecipientTypeDetails String[];",
    "Get-EXORecipientPermission": IDENTITIES
    + "Identity String 0 ~~;AccessRights String[];ResultSize Object;Trustee String;",
    "Get-EXOMailboxPermission": IDENTITIES
    + "Identity String 0 ~~;Owner SwitchParameter;ResultSize Object;"
    "SoftDeletedMailbox SwitchParameter;User String;",
    "Get-EXOMailboxFolderPermission": IDENTITIES
    + "Identity String 0 ~~;GroupMailbox SwitchParameter;User String;",
    "Get-EXOMailboxFolderStatistics": IDENTITIES
    + "Identity String 0 ~~;Archive SwitchParameter;DiagnosticInfo String;FolderScope String;"
    "IncludeAnalysis SwitchParameter;IncludeOldestAndNewestItems SwitchParameter;"
    "IncludeSoftDeletedRecipients SwitchParameter;",
    "Get-EXOMailboxStatistics": IDENTITIES.partition(";")[2]
    + "Identity String 0 ~~;Archive SwitchParameter;DatabaseGuid Guid ~ ;ExchangeGuid Guid ~ ;"
    "IncludeMoveHistory SwitchParameter;IncludeMoveReport SwitchParameter;"
    "IncludeSoftDeletedRecipients SwitchParameter;Properties String[];PropertySets String[];",
    "Get-EXOMobileDeviceStatistics": IDENTITIES
    + "Identity String 0 ~~;Mailbox String ~~;ActiveSync SwitchParameter;"
    "GetMailboxLog SwitchParameter;NotificationEmailAddresses String[];"
    "OWAforDevices SwitchParameter;RestApi SwitchParameter;ShowRecoveryPassword SwitchParameter;"
    "UniversalOutlook SwitchParameter;",
}
LOOK = """
Import-Module ExchangeOnlineManagement
$common = [Management.Automation.Cmdlet]::CommonParameters
foreach ($command in Get-Command -Module ExchangeOnlineManagement) {
    $facts[$command.Name] = @(foreach ($parameter in $command.Parameters.Values) {
        if ($parameter.Name -in $common) { continue }
        $set = $parameter.ParameterSets.Values | Select-Object -First 1
        $type = [Nullable]::GetUnderlyingType($parameter.ParameterType) ?? $parameter.ParameterType
        $byName = $set.ValueFromPipelineByPropertyName
        $flow = if ($set.ValueFromPipeline) { '~~' } elseif ($byName) { '~' }
        $place = if ($set.Position -ge 0) { $set.Position }
        (@($parameter.Name, $type.Name, $place, $flow) -ne $null) -join ' '
    })
}
"""


@pytest.mark.behaviour(
    "module.parameters.connect", "module.parameters.exo", "module.parameters.exo.position"
)
def test_every_command_declares_what_its_page_says(shell: Shell) -> None:
    """Names, types, positions and pipeline of all thirteen commands; no more, no fewer."""
    told = shell.run(LOOK).facts
    assert told.keys() == DECLARED.keys()
    for name, text in DECLARED.items():
        assert set(told[name]) == {each.strip() for each in text.split(";") if each}, name


SETS = {
    "an identity and a search": "Get-EXOMailbox a -Anr b",
    "a device and a mailbox": "Get-EXOMobileDeviceStatistics -Identity a -Mailbox b",
    "everybody's permissions of one": "Get-EXOMailboxPermission -Owner -Nonsense",
    "an unknown property set": "Get-EXOMailbox -PropertySets Nonsense",
    "an unknown folder": "Get-EXOMailboxFolderStatistics a -Folderscope Nonsense",
    "an id that is none": "Get-EXOMailbox -ExternalDirectoryObjectId nonsense",
    "an unknown environment": "Connect-ExchangeOnline -ExchangeEnvironmentName Nonsense",
    "an unknown log level": "Connect-ExchangeOnline -LogLevel Nonsense",
    "a page too large": "Connect-ExchangeOnline -PageSize 1001",
    "two ways to choose": "Disconnect-ExchangeOnline -ConnectionId a -ModulePrefix b",
    "a thumbprint where there is no store": "Connect-ExchangeOnline -CertificateThumbprint a",
}


@pytest.mark.behaviour(
    "module.parameters.refused", "module.parameters.thumbprint", "module.parameters.page-size"
)
def test_what_does_not_bind_is_refused_by_powershell(shell: Shell) -> None:
    """Parameter sets, enumerations, types and ranges are PowerShell's to check, before any call."""
    blocks = "\n".join(f"Get-Fault {{ {call} }}" for call in SETS.values())
    faults = shell.run(f"$facts.faults = @({blocks})").facts["faults"]
    told = dict(zip(SETS, faults, strict=True))
    assert [name for name, text in told.items() if "ParameterBinding" not in text] == []
    assert told["a thumbprint where there is no store"].endswith(
        "A parameter cannot be found that matches parameter name 'CertificateThumbprint'."
    )
    assert [each.path for each in shell.emulator.journal if "/adminapi" in each.path.lower()] == []
