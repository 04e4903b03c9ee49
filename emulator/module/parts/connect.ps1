# How does a process get a connection?

enum ExchangeEnvironment { O365Default; O365GermanyCloud; O365China; O365USGovGCCHigh; O365USGovDoD }
enum LogLevel { Default; All }

# What both cmdlets declare only where the system or the version has it.
$script:DynamicTypes = [ordered]@{
    AccessToken = [string]; CertificateThumbprint = [string]; DisableWAM = [switch]; EXOModuleBasePath = [string]
}
$script:ExchangeTypes = [ordered]@{
    SigningCertificate = [Security.Cryptography.X509Certificates.X509Certificate2]
    LoadCmdletHelp = [switch]; SkipLoadingCmdletHelp = [switch]
}

function Connect-ExchangeOnline {
    <#
    .SYNOPSIS
    Connects with a token that was made elsewhere, and imports the cmdlets that Exchange sends.
    .NOTES
    The token is kept as it is for the life of the connection. Nothing here renews it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)][string]$ConnectionUri,
        [Parameter(Position = 1)][string]$AzureADAuthorizationEndpointUri,
        [Parameter(Position = 2)][ExchangeEnvironment]$ExchangeEnvironmentName = 'O365Default',
        [Parameter(Position = 3)][Management.Automation.Remoting.PSSessionOption]$PSSessionOption,
        [Parameter(Position = 4)][string]$DelegatedOrganization,
        [Parameter(Position = 5)][string]$Prefix,
        [Parameter(Position = 6)][string[]]$CommandName,
        [Parameter(Position = 7)][string[]]$FormatTypeName,
        [string]$Organization, [string]$UserPrincipalName, [string]$AppId,
        [Security.Cryptography.X509Certificates.X509Certificate2]$Certificate, [string]$CertificateFilePath,
        [securestring]$CertificatePassword, [pscredential]$Credential, [switch]$Device, [switch]$InlineCredential,
        [switch]$ManagedIdentity, [string]$ManagedIdentityAccountId, [switch]$BypassMailboxAnchoring,
        [ValidateRange(1, 1000)][uint32]$PageSize = 1000, [switch]$SkipLoadingFormatData, [switch]$UseRPSSession,
        [switch]$ShowBanner = $true, [bool]$ShowProgress, [bool]$UseMultithreading = $true, [bool]$TrackPerformance,
        [switch]$EnableErrorReporting, [string]$LogDirectoryPath, [LogLevel]$LogLevel
    )
    dynamicparam { New-DynamicParameter 'Connect-ExchangeOnline' ($script:DynamicTypes + $script:ExchangeTypes) }
    process {
        $asked = @{ AzureADAuthorizationEndpointUri = 'https://login.microsoftonline.com/organizations'; ShowBanner = $true }
        foreach ($name in $PSBoundParameters.Keys) { $asked[$name] = $PSBoundParameters[$name] }
        Connect-Service 'Connect-ExchangeOnline' $asked (Get-ServiceUri $null $ExchangeEnvironmentName)
    }
}

function Connect-IPPSSession {
    <#
    .SYNOPSIS
    Connects to Security & Compliance with a token that was made elsewhere.
    .NOTES
    What it imports hides the cmdlets of the same name of an Exchange connection, unless -Prefix renames it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)][string]$ConnectionUri = 'https://ps.compliance.protection.outlook.com/PowerShell-LiveId',
        [Parameter(Position = 1)][string]$AzureADAuthorizationEndpointUri = 'https://login.microsoftonline.com/organizations',
        [Parameter(Position = 2)][string]$DelegatedOrganization,
        [Parameter(Position = 3)][Management.Automation.Remoting.PSSessionOption]$PSSessionOption,
        [Parameter(Position = 4)][string]$Prefix,
        [Parameter(Position = 5)][string[]]$CommandName,
        [Parameter(Position = 6)][string[]]$FormatTypeName,
        [string]$Organization, [string]$UserPrincipalName, [string]$AppId,
        [Security.Cryptography.X509Certificates.X509Certificate2]$Certificate, [string]$CertificateFilePath,
        [securestring]$CertificatePassword, [pscredential]$Credential, [switch]$BypassMailboxAnchoring,
        [switch]$UseRPSSession, [switch]$ShowBanner = $true,
        [switch]$EnableErrorReporting, [string]$LogDirectoryPath, [LogLevel]$LogLevel
    )
    dynamicparam { New-DynamicParameter 'Connect-IPPSSession' ($script:DynamicTypes + @{ EnableSearchOnlySession = [switch] }) }
    process {
        $asked = @{ AzureADAuthorizationEndpointUri = $AzureADAuthorizationEndpointUri; ShowBanner = $true }
        foreach ($name in $PSBoundParameters.Keys) { $asked[$name] = $PSBoundParameters[$name] }
        Connect-Service 'Connect-IPPSSession' $asked (Get-ServiceUri $ConnectionUri)
    }
}

function Connect-Service {
    # The one way to a connection. A failure is thrown, and leaves neither connection nor file.
    param([string]$CmdletName, [Collections.IDictionary]$Asked, [string]$DefaultUri)
    $started = [datetime]::UtcNow
    $global:EXO_LastExecutionStatus = $false
    Assert-Argument $Asked
    Assert-TokenSignIn $CmdletName $Asked
    $connection = New-Connection $Asked ($CmdletName -eq 'Connect-IPPSSession')
    $connection.BaseUri = if ($Asked.ConnectionUri) { Get-ServiceUri $Asked.ConnectionUri } else { $DefaultUri }
    if ($Asked.EnableErrorReporting) { Start-CmdletLog $connection $Asked.LogDirectoryPath }
    try {
        if ($Asked.ShowBanner) { Show-Banner $connection }
        Enter-Connection $connection $Asked
    }
    catch {
        $connection.LastError = $_.Exception.Message
        throw
    }
    finally { Write-CmdletLog $connection $connection.ConnectionId $CmdletName $Asked $started }
    $global:EXO_LastExecutionStatus = $true
}

function New-Connection {
    param([Collections.IDictionary]$Asked, [bool]$IsEop)
    $claims = Read-TokenClaim $Asked.AccessToken
    $tenant = $Asked.DelegatedOrganization, $Asked.Organization, $claims.tid | Where-Object { $_ } | Select-Object -First 1
    @{
        ConnectionId           = [string][guid]::NewGuid()
        ModuleVersion          = [string]$script:ModuleVersion
        IsEop                  = $IsEop
        AuthorizationUri       = $Asked.AzureADAuthorizationEndpointUri
        Token                  = $Asked.AccessToken
        Organization           = $tenant
        DelegatedOrganization  = $Asked.DelegatedOrganization
        UserPrincipalName      = $Asked.UserPrincipalName
        TenantId               = $claims.tid
        AppId                  = $claims.appid
        Prefix                 = $Asked.Prefix
        PageSize               = if ($Asked.PageSize) { [int]$Asked.PageSize } else { 1000 }
        BypassMailboxAnchoring = [bool]$Asked.BypassMailboxAnchoring
        RetryWaitScale         = 1.0
    }
}

function Enter-Connection {
    # The connection counts only once its module is imported; a failure leaves nothing behind.
    param($Connection, [Collections.IDictionary]$Asked)
    $files = @(Get-ModuleFile $Connection $Asked.CommandName)
    Add-Connection $Connection
    try { Import-TemporaryModule $Connection $files $Asked }
    catch {
        Remove-Connection $Connection
        Remove-TemporaryModule $Connection.ModuleFolder
        throw
    }
}
